import {
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerClosedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from "mongodb";
import { ItemError } from "../domain/failure.ts";

export const DUPLICATE_KEY = 11_000;
export const NAMESPACE_EXISTS = 48;
export const WRITE_CONFLICT = 112;
const DOCUMENT_REFUSED_BY_VALIDATOR = 121;
/** Unauthorized, AuthenticationFailed, NotWritablePrimary and its kin: no document would fare better. */
const SERVER_SAYS_NO = new Set([11, 13, 18, 91, 189, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** True when the database is out of reach or refuses everything, so that going on is pointless. */
export function isStoreGone(error: unknown): boolean {
  return (
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNetworkError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoServerClosedError ||
    (error instanceof MongoServerError && SERVER_SAYS_NO.has(Number(error.code)))
  );
}

/** An error of the driver as the pipeline understands it. Driver messages may quote documents: only their kind travels. */
export function toStorageError(error: unknown, doing: string): unknown {
  if (!(error instanceof MongoError)) return error;
  return new ItemError("storage_error", `${doing}: ${kindOf(error)}`, { endsRun: isStoreGone(error) });
}

/** Runs what talks to the database; what the driver throws leaves as `toStorageError` makes it. */
export function storageOperation(doing: string): <T>(act: () => Promise<T>) => Promise<T> {
  return async (act) => {
    try {
      return await act();
    } catch (error) {
      throw toStorageError(error, doing);
    }
  };
}

export function codeOf(error: MongoError): number | null {
  return error instanceof MongoServerError && error.code !== undefined ? Number(error.code) : null;
}

export function kindOf(error: MongoError): string {
  const code = codeOf(error);
  return code === null ? error.name : describeCode(code, Reflect.get(error, "codeName"));
}

export function describeCode(code: number, codeName?: unknown): string {
  if (code === DOCUMENT_REFUSED_BY_VALIDATOR) return "the collection's validator refused it (code 121)";
  return typeof codeName === "string" ? `MongoDB error ${code} (${codeName})` : `MongoDB error ${code}`;
}
