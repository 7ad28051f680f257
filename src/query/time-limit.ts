import { storageOperation } from "../store/errors.ts";

/** No query may hold up a database for longer. */
export const QUERY_LIMIT_MS = 10_000;

/** Runs a query under the time limit; errors of the database leave as `ItemError`s without its words. */
export function readInTime<T>(doing: string, read: (maxTimeMS: number) => Promise<T>): Promise<T> {
  return storageOperation(doing)(() => read(QUERY_LIMIT_MS));
}
