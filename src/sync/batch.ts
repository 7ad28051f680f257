import pMap from "p-map";
import type { Clock } from "../clock.ts";
import { ItemError, toItemError } from "../domain/failure.ts";

/** What became of one item of a batch. */
export type Outcome<T, R> =
  | { readonly ok: true; readonly item: T; readonly value: R }
  | { readonly ok: false; readonly item: T; readonly error: ItemError };

export interface BatchOptions {
  /** How many items are worked on at a time. */
  readonly concurrency: number;
  /** Items not begun when it aborts are not begun; those under handover are told. */
  readonly signal: AbortSignal;
  /** The longest that one item may take; without it, as long as it takes. */
  readonly timeLimit?: { readonly ms: number; readonly clock: Clock };
}

/** Does something with one item. The signal aborts with the batch's, and when the item's time is up. */
export type Work<T, R> = (item: T, signal: AbortSignal) => Promise<R>;

export interface BatchResult<T, R> {
  /** One per item, in the order of the items. */
  readonly outcomes: readonly Outcome<T, R>[];
  readonly successes: readonly R[];
  readonly failures: readonly { readonly item: T; readonly error: ItemError }[];
}

/**
 * Does something for each of some items, a few at a time, and says what became of each: one that fails does
 * not touch the others. Never throws for an item's sake; what is not begun when the signal aborts fails as
 * `interrupted`.
 */
export async function runBatch<T, R>(
  items: readonly T[],
  work: Work<T, R>,
  options: BatchOptions,
): Promise<BatchResult<T, R>> {
  const outcomes: Outcome<T, R>[] = new Array(items.length);
  const numbered = items.map((item, index) => ({ item, index }));
  await pMap(
    numbered,
    async ({ item, index }) => {
      outcomes[index] = await settle(item, work, options);
    },
    { concurrency: options.concurrency },
  );
  return {
    outcomes,
    successes: outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])),
    failures: outcomes.flatMap((outcome) =>
      outcome.ok ? [] : [{ item: outcome.item, error: outcome.error }],
    ),
  };
}

/**
 * The same for items that come one after the other, any number of them: what became of each is told as it
 * happens and not kept. The next item is asked for when there is room for it.
 */
export async function streamBatch<T, R>(
  items: AsyncIterable<T>,
  work: Work<T, R>,
  onOutcome: (outcome: Outcome<T, R>) => void | Promise<void>,
  options: BatchOptions,
): Promise<void> {
  await pMap(items, async (item) => await onOutcome(await settle(item, work, options)), {
    concurrency: options.concurrency,
  });
}

/** "8 of 10 succeeded, 2 failed" */
export function summaryOf({ outcomes, successes, failures }: BatchResult<unknown, unknown>): string {
  const succeeded = `${successes.length} of ${outcomes.length} succeeded`;
  return failures.length === 0 ? succeeded : `${succeeded}, ${failures.length} failed`;
}

async function settle<T, R>(item: T, work: Work<T, R>, options: BatchOptions): Promise<Outcome<T, R>> {
  try {
    if (options.signal.aborted) throw new ItemError("interrupted", "not begun: stopped before its turn came");
    return { ok: true, item, value: await withinTime(item, work, options) };
  } catch (error) {
    return { ok: false, item, error: toItemError(error) };
  }
}

/** Ends the wait when the time is up, whether or not the work listens to its signal. */
async function withinTime<T, R>(item: T, work: Work<T, R>, { signal, timeLimit }: BatchOptions): Promise<R> {
  if (!timeLimit) return await work(item, signal);
  const stop = new AbortController();
  const abort = () => stop.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const over = new AbortController();
  const expiry = timeLimit.clock.sleep(timeLimit.ms, over.signal).then(
    () => {
      const error = new ItemError("timeout", `took longer than ${timeLimit.ms} ms`);
      stop.abort(error);
      throw error;
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work(item, stop.signal), expiry]);
  } finally {
    over.abort();
    signal.removeEventListener("abort", abort);
  }
}
