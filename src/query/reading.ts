import { storageOperation } from "../store/errors.ts";

/** No question of these may hold up a database. */
const MAX_TIME_MS = 10_000;

/** Asks the database; its errors leave as `ItemError`s without its words. */
export function readWith<T>(doing: string, ask: (maxTimeMS: number) => Promise<T>): Promise<T> {
  return storageOperation(doing)(() => ask(MAX_TIME_MS));
}
