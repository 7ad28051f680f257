import type { DeadLetter } from "../domain/dead-letter.ts";
import { ItemError } from "../domain/failure.ts";
import type { RunReport } from "../domain/run-report.ts";
import * as hostaway from "../hostaway/schemas.ts";
import { contextHashOf } from "../transform/context.ts";
import { decode } from "../transform/decode.ts";
import { type ListingFacts, toThread } from "../transform/thread.ts";
import { streamBatch } from "./batch.ts";
import type { LetterFilter } from "./ports.ts";
import { readConversation } from "./read-conversation.ts";
import { retryListed } from "./retry-letters.ts";
import { type Run, reportedRun, type SyncDeps } from "./run.ts";
import { reservationsOf, type Task, toListed } from "./scan.ts";
import { createVanished, type Vanished } from "./vanished.ts";
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
      (id) => replayConversation(id, run, { listings, vanished }),
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

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

interface Surroundings {
  readonly listings: ReadonlyMap<string, ListingFacts>;
  readonly vanished: Vanished;
}

async function replayConversation(id: string, run: Run, { listings, vanished }: Surroundings): Promise<void> {
  const { stores, accountId, startedAt: retrievedAt } = run;
  const raw = await run.source.conversation(id, run.signal);
  const decoded = decode(hostaway.Conversation, raw);
  if (!decoded.ok) throw new ItemError("validation_error", decoded.error);
  const { record, snapshot, fingerprint } = toListed(raw, decoded.value);
  const reservations = await reservationsOf(run, [{ record, snapshot, fingerprint }]);
  const reservation = reservations.get(record.reservationId ?? "") ?? null;
  const listing = (listingId: string | null) =>
    listingId === null ? null : (listings.get(listingId) ?? null);
  const thread = toThread({ accountId, record, reservation, listing, retrievedAt });
  const state = (await stores.conversationStates.findMany([id])).get(id) ?? null;
  if (!state) await stores.conversationStates.open(accountId, [id]);
  const task: Task = { why: "changed", thread, fingerprint, contextHash: contextHashOf(thread), state };
  await readConversation(task, run, vanished);
}
