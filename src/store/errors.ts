import {
  MongoBulkWriteError,
  MongoClientClosedError,
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
/** UserNotFound, Unauthorized, AuthenticationFailed, and Atlas, which has one code for all of them. */
const ACCESS_DENIED = new Set([11, 13, 18, 8_000]);
/** Shards or a primary out of reach, shutdown, NotWritablePrimary and related codes, a full disk: no other document would be stored either. */
const SERVER_SAYS_NO = new Set([
  6, 7, 89, 91, 133, 189, 9_001, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436, 14_031,
]);

/** Codes whose names say little to people who do not write databases. */
const IN_WORDS: ReadonlyMap<number, string> = new Map([
  [13, "the user has no right to do this (code 13)"],
  [50, "it took longer than it may (code 50)"],
  [DOCUMENT_REFUSED_BY_VALIDATOR, "the collection's validator refused it (code 121)"],
  // Atlas has one code for everything it denies, and for a cluster of the free and flexible tiers that is full.
  [8_000, "Atlas refuses it: the user has no right to do this, or the cluster is full (code 8000)"],
  [14_031, "the disk of the MongoDB server is full (code 14031)"],
]);

/** True when the database is out of reach or refuses everything, so that going on is pointless. */
export function isStoreGone(thrown: unknown): boolean {
  const error = originOf(thrown);
  return (
    isAccessDenied(error) ||
    error instanceof MongoClientClosedError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNetworkError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoServerClosedError ||
    (error instanceof MongoServerError && SERVER_SAYS_NO.has(Number(error.code)))
  );
}

/** True when the database answers, but refuses this user. */
export function isAccessDenied(error: unknown): error is MongoServerError {
  return error instanceof MongoServerError && ACCESS_DENIED.has(Number(error.code));
}

/** A bulk write wraps every error, a broken connection too, into an error of its own. */
function originOf(error: unknown): unknown {
  const origin: unknown = error instanceof MongoBulkWriteError ? error.errorResponse : null;
  return origin instanceof MongoError ? origin : error;
}

/** An error of the driver as an `ItemError`. Driver messages may quote documents: only the kind of error is kept. */
export function toStorageError(error: unknown, doing: string): unknown {
  if (!(error instanceof MongoError)) return error;
  return new ItemError("storage_error", `${doing}: ${kindOf(error)}`, { endsRun: isStoreGone(error) });
}

/** Runs a database operation; the driver's errors become `ItemError`s. */
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
  if (code !== null) return describeCode(code, Reflect.get(error, "codeName"));
  const origin = originOf(error);
  return origin instanceof MongoError ? origin.name : error.name;
}

export function describeCode(code: number, codeName?: unknown): string {
  const words = IN_WORDS.get(code);
  if (words !== undefined) return words;
  return typeof codeName === "string" ? `MongoDB error ${code} (${codeName})` : `MongoDB error ${code}`;
}
