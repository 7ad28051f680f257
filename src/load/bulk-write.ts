import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoError,
  type WriteError,
} from "mongodb";
import { codeOf, describeCode, isStoreGone, kindOf } from "./errors.ts";

/** What became of one write: done, or refused by the database. */
export type WriteOutcome =
  | { readonly done: true }
  /** `code` is MongoDB's; null when the driver itself failed. */
  | { readonly done: false; readonly code: number | null; readonly reason: string };

const DONE: WriteOutcome = { done: true };

/**
 * One unordered bulk write: a document that is refused costs itself. Where the server refuses the whole
 * command, halves find out whose fault it is. One outcome per operation, in order; throws when the
 * database is gone.
 */
export async function writeEach<D extends Document>(
  collection: Collection<D>,
  operations: readonly AnyBulkWriteOperation<D>[],
): Promise<readonly WriteOutcome[]> {
  if (operations.length === 0) return [];
  try {
    await collection.bulkWrite(operations, { ordered: false });
    return operations.map(() => DONE);
  } catch (error) {
    if (!(error instanceof MongoError) || isStoreGone(error)) throw error;
    const refusals = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
    if (refusals.length > 0) return outcomesOf(operations.length, refusals);
    if (operations.length === 1) return [{ done: false, code: codeOf(error), reason: kindOf(error) }];
    const middle = Math.ceil(operations.length / 2);
    const first = await writeEach(collection, operations.slice(0, middle));
    return [...first, ...(await writeEach(collection, operations.slice(middle)))];
  }
}

function outcomesOf(operations: number, refusals: readonly WriteError[]): WriteOutcome[] {
  const outcomes = Array.from({ length: operations }, () => DONE);
  for (const { index, code } of refusals) outcomes[index] = { done: false, code, reason: describeCode(code) };
  return outcomes;
}
