import { ItemError } from "../domain/failure.ts";
import { contextHashOf } from "../transform/context-hash.ts";
import { decode } from "../transform/decode.ts";
import * as hostaway from "../transform/records.ts";
import { type ThreadListing, toThread } from "../transform/thread.ts";
import type { DeletionDetector } from "./deletion-detector.ts";
import { readConversation } from "./read-conversation.ts";
import type { Run } from "./run.ts";
import { reservationsOf, type Task, toListRow } from "./scan.ts";

export interface ReadContext {
  readonly listings: ReadonlyMap<string, ThreadListing>;
  readonly deletions: DeletionDetector;
}

/** Reads one conversation by its id. Throws `ItemError`. */
export async function readById(id: string, run: Run, context: ReadContext): Promise<void> {
  await readRecord(await run.source.conversation(id, run.signal), run, context);
}

/** Reads one conversation whose raw record is at hand. Throws `ItemError`. */
export async function readRecord(
  raw: unknown,
  run: Run,
  { listings, deletions }: ReadContext,
): Promise<void> {
  const { stores, accountId, startedAt: retrievedAt } = run;
  const decoded = decode(hostaway.ConversationRecord, raw);
  if (!decoded.ok) throw new ItemError("validation_error", decoded.error);
  const listed = toListRow(raw, decoded.value);
  const { record, fingerprint } = listed;
  const reservations = await reservationsOf(run, [listed]);
  const reservation = reservations.get(record.reservationId ?? "") ?? null;
  const listing = (listingId: string | null) =>
    listingId === null ? null : (listings.get(listingId) ?? null);
  const thread = toThread({ accountId, record, reservation, listing, retrievedAt });
  const state = (await stores.conversationStates.findMany([record.id])).get(record.id) ?? null;
  if (!state) await stores.conversationStates.ensureExist(accountId, [record.id]);
  const task: Task = { reason: "changed", thread, fingerprint, contextHash: contextHashOf(thread), state };
  await readConversation(task, run, deletions);
}
