import pMap from "p-map";
import { ItemError, toItemError } from "../domain/failure.ts";

export interface BatchOptions {
  /** Items that are worked on at a time. */
  readonly concurrency: number;
  /** Items that are not begun when it aborts fail as `interrupted`. */
  readonly signal: AbortSignal;
}

/**
 * Does something with each item, a few at a time, and reports each outcome as it happens: one failure does not touch
 * the neighbours. The next item is asked for when there is room for it. Throws only what `onOutcome` throws.
 *
 * @param onOutcome gets null for an item that succeeded
 */
export async function streamBatch<T>(
  items: AsyncIterable<T> | Iterable<T>,
  work: (item: T) => Promise<void>,
  onOutcome: (item: T, error: ItemError | null) => void | Promise<void>,
  { concurrency, signal }: BatchOptions,
): Promise<void> {
  await pMap(items, async (item) => await onOutcome(item, await errorOf(item, work, signal)), {
    concurrency,
  });
}

async function errorOf<T>(
  item: T,
  work: (item: T) => Promise<void>,
  signal: AbortSignal,
): Promise<ItemError | null> {
  try {
    if (signal.aborted) throw new ItemError("interrupted", "not begun: stopped before its turn came");
    await work(item);
    return null;
  } catch (error) {
    return toItemError(error);
  }
}
