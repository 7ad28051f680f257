import type { DeadLetter } from "../domain/dead-letter.ts";
import type { RunReport } from "../domain/run-report.ts";
import { streamBatch } from "./batch.ts";
import { createDeletionDetector } from "./deletion-detector.ts";
import { recordOutcome } from "./outcomes.ts";
import type { LetterFilter } from "./ports.ts";
import { readById } from "./read-by-id.ts";
import { retryListItems } from "./retry-list-items.ts";
import { executeRun, type SyncDeps } from "./run.ts";

/**
 * Reads failed items once more, one by one, from Hostaway: the records in the dead letters are for people. Messages are
 * read with their conversation. The caller holds the lease.
 */
export async function replayAccount(
  deps: SyncDeps,
  filter: LetterFilter,
  signal: AbortSignal,
): Promise<RunReport> {
  return await executeRun(deps, "replay", signal, async (run) => {
    const letters = await run.stores.deadLetters.open(run.accountId, filter);
    await retryListItems(letters, run);
    const listings = await run.stores.listings.facts(run.accountId);
    const deletions = createDeletionDetector(run);
    run.progress.total = conversationsOf(letters).length;
    await streamBatch(
      conversationsOf(letters),
      (id) => readById(id, run, { listings, deletions }),
      (id, error) => recordOutcome("replay", { id, reason: "changed", fingerprint: null }, error, run),
      { concurrency: run.concurrency, signal: run.signal },
    );
    if (!run.signal.aborted) await deletions.applyMessageDeletions();
  });
}

function conversationsOf(letters: readonly DeadLetter[]): string[] {
  const ids = letters.flatMap(({ item_type, item_id, conversation_id }) =>
    item_type === "conversation" ? (item_id ?? []) : (conversation_id ?? []),
  );
  return [...new Set(ids)];
}
