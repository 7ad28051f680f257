import { types } from "node:util";
import {
  type AnyBulkWriteOperation,
  BSON,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoError,
  type WriteError,
} from "mongodb";
import { codeOf, describeCode, isStoreGone, kindOf } from "./errors.ts";

/** One write: done, or refused by the database. */
export type WriteOutcome =
  | { readonly done: true }
  /** `code` is MongoDB's; null when the driver itself failed. */
  | { readonly done: false; readonly code: number | null; readonly reason: string };

const DONE: WriteOutcome = { done: true };

export interface BulkResult {
  /** One per operation, in order. An update that matched nothing is done, too. */
  readonly outcomes: readonly WriteOutcome[];
  /** How many documents the updates matched, all together. */
  readonly matched: number;
}

/**
 * One unordered bulk write: a document that is refused costs itself. Where the server refuses the whole
 * command, or the driver cannot even write it down, halves find out whose fault it is. Throws when the database is
 * gone.
 */
export async function writeEach<D extends Document>(
  collection: Collection<D>,
  operations: readonly AnyBulkWriteOperation<D>[],
): Promise<BulkResult> {
  if (operations.length === 0) return { outcomes: [], matched: 0 };
  try {
    const { matchedCount } = await collection.bulkWrite(operations, { ordered: false });
    return { outcomes: operations.map(() => DONE), matched: matchedCount };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error instanceof MongoBulkWriteError) {
      const refusals = [error.writeErrors].flat();
      const outcomes = outcomesOf(operations.length, refusals);
      if (refusals.length > 0) return { outcomes, matched: error.result.matchedCount };
    }
    if (operations.length === 1) {
      return { outcomes: [toRefused(error)], matched: 0 };
    }
    const middle = Math.ceil(operations.length / 2);
    const first = await writeEach(collection, operations.slice(0, middle));
    const second = await writeEach(collection, operations.slice(middle));
    return {
      outcomes: [...first.outcomes, ...second.outcomes],
      matched: first.matched + second.matched,
    };
  }
}

/** Whether the fault may be one document's. The driver's serializer runs out of its buffer with a `RangeError`. */
function isRefusal(error: unknown): error is Error {
  if (error instanceof MongoError) return !isStoreGone(error);
  return BSON.BSONError.isBSONError(error) || (types.isNativeError(error) && error.name === "RangeError");
}

/** The driver's message may quote the document. */
function toRefused(error: Error): WriteOutcome {
  return error instanceof MongoError
    ? { done: false, code: codeOf(error), reason: kindOf(error) }
    : { done: false, code: null, reason: "it holds something that BSON cannot hold" };
}

function outcomesOf(operations: number, refusals: readonly WriteError[]): WriteOutcome[] {
  const outcomes = Array.from({ length: operations }, () => DONE);
  for (const { index, code } of refusals) outcomes[index] = { done: false, code, reason: describeCode(code) };
  return outcomes;
}
