import {
  type AnyBulkWriteOperation,
  type BulkWriteResult,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoError,
  type WriteError,
} from "mongodb";
import { describeCode, isStoreGone, kindOf } from "./errors.ts";

/** One document's write, and whose it is. */
export interface Write<T, D extends Document> {
  readonly item: T;
  readonly operation: AnyBulkWriteOperation<D>;
}

export interface Refused<T> {
  readonly item: T;
  /** MongoDB's error code; null when the driver or the whole command failed. */
  readonly code: number | null;
  readonly reason: string;
}

export interface Written<T> {
  readonly inserted: number;
  readonly updated: number;
  readonly refused: readonly Refused<T>[];
}

/**
 * One unordered bulk write: a document that is refused costs itself. Where the server refuses the whole
 * command, halves find out whose fault it is. Throws when the database is gone.
 */
export async function writeEach<T, D extends Document>(
  collection: Collection<D>,
  writes: readonly Write<T, D>[],
): Promise<Written<T>> {
  const [only, ...others] = writes;
  if (!only) return { inserted: 0, updated: 0, refused: [] };
  try {
    const operations = writes.map(({ operation }) => operation);
    return { ...countsOf(await collection.bulkWrite(operations, { ordered: false })), refused: [] };
  } catch (error) {
    if (!(error instanceof MongoError) || isStoreGone(error)) throw error;
    const single = error instanceof MongoBulkWriteError ? writeErrorsOf(error) : [];
    if (error instanceof MongoBulkWriteError && single.length > 0) {
      return { ...countsOf(error.result), refused: single.map((refusal) => toRefused(refusal, writes)) };
    }
    if (others.length > 0) return await writeHalves(collection, writes);
    return { inserted: 0, updated: 0, refused: [{ item: only.item, code: null, reason: kindOf(error) }] };
  }
}

async function writeHalves<T, D extends Document>(
  collection: Collection<D>,
  writes: readonly Write<T, D>[],
): Promise<Written<T>> {
  const middle = Math.ceil(writes.length / 2);
  const first = await writeEach(collection, writes.slice(0, middle));
  const second = await writeEach(collection, writes.slice(middle));
  return {
    inserted: first.inserted + second.inserted,
    updated: first.updated + second.updated,
    refused: [...first.refused, ...second.refused],
  };
}

function countsOf(result: BulkWriteResult) {
  return { inserted: result.insertedCount, updated: result.modifiedCount };
}

function writeErrorsOf(error: MongoBulkWriteError): readonly WriteError[] {
  return [error.writeErrors].flat();
}

function toRefused<T, D extends Document>(error: WriteError, writes: readonly Write<T, D>[]): Refused<T> {
  const write = writes[error.index];
  if (!write) throw new Error(`the database refused operation ${error.index} of ${writes.length}`);
  return { item: write.item, code: error.code, reason: describeCode(error.code) };
}
