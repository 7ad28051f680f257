import type { DeadLetter } from "../domain/dead-letter.ts";
import type { RunReport } from "../domain/run-report.ts";
import { streamBatch } from "./batch.ts";
import type { LetterFilter } from "./ports.ts";
import { readById } from "./read-one.ts";
import { retryListed } from "./retry-letters.ts";
import { reportedRun, type SyncDeps } from "./run.ts";
import { createVanished } from "./vanished.ts";
import { settleReplayed } from "./work.ts";

/**
 * Reads what failed before once more, item by item, from Hostaway: the records that were kept are for people.
 * Messages are read with their conversation. The caller holds the lease.
 */
export async function replayAccount(
  deps: SyncDeps,
  filter: LetterFilter,
  signal: AbortSignal,
): Promise<RunReport> {
  return await reportedRun(deps, "replay", signal, async (run) => {
    const letters = await run.stores.deadLetters.open(run.accountId, filter);
    await retryListed(letters, run);
    const listings = await run.stores.listings.facts(run.accountId);
    const vanished = createVanished(run);
    run.total = conversationsOf(letters).length;
    await streamBatch(
      each(conversationsOf(letters)),
      (id) => readById(id, run, { listings, vanished }),
      (outcome) => settleReplayed(outcome, run),
      { concurrency: run.concurrency, signal: run.signal },
    );
    if (!run.signal.aborted) await vanished.concludeMessages();
  });
}

function conversationsOf(letters: readonly DeadLetter[]): string[] {
  const ids = letters.flatMap(({ item_type, item_id, conversation_id }) =>
    item_type === "conversation" ? (item_id ?? []) : (conversation_id ?? []),
  );
  return [...new Set(ids)];
}

/** A list as `streamBatch` takes it. */
export async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
