import type { FailedItem } from "../domain/dead-letter.ts";
import { addToTally, emptyTally, toConversation } from "../transform/to-conversation.ts";
import { applyThread } from "../transform/to-message.ts";
import { loadDocuments } from "./load-page.ts";
import { createOthers } from "./read-conversation.ts";
import type { Run } from "./run.ts";
import { previousRunMayStillWrite, type Task } from "./scan.ts";

/**
 * Carries changes around a conversation (a guest's name, a price, a listing's name) into its stored documents, without
 * a call to Hostaway. Unchanged documents are not touched (P7).
 */
export async function refreshConversation(task: Task, run: Run): Promise<void> {
  const { thread, contextHash } = task;
  const { stores, ledger } = run;
  const conversationId = thread.record.id;
  const messageTarget = { type: "message", store: stores.messages, ledger, conversationId } as const;
  // An interrupted refresh must be noticed, even if the change is by then undone.
  await stores.conversationStates.update(conversationId, { context_hash: null });
  const tally = emptyTally();
  const failed: FailedItem[] = [];
  const otherReservations = createOthers(task, run);
  for await (const stored of stores.messages.ofConversation(conversationId)) {
    const named = stored.map(({ source_reservation_id }) => source_reservation_id);
    const about = { ...thread, otherReservations: await otherReservations(named) };
    const messages = stored.map((message) => applyThread(message, about));
    failed.push(...(await loadDocuments(messageTarget, messages)));
    for (const message of messages) addToTally(tally, message);
  }
  const target = { type: "conversation", store: stores.conversations, ledger } as const;
  failed.push(...(await loadDocuments(target, [toConversation(thread, tally)])));
  if (failed.length === 0 && !previousRunMayStillWrite(task, run))
    await stores.conversationStates.update(conversationId, { context_hash: contextHash });
}
