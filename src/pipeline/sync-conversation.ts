import type { Ledger } from "../domain/ledger.ts";
import type { Message } from "../domain/message.ts";
import { ConversationMessage } from "../hostaway/schemas.ts";
import type { Thread } from "../transform/thread.ts";
import { placeInTime } from "../transform/timestamps.ts";
import { count, emptyTally, toConversation } from "../transform/to-conversation.ts";
import { toMessage } from "../transform/to-message.ts";
import { loadDocuments, loadPage } from "./load-page.ts";
import type { Source, Stores } from "./ports.ts";

export interface ConversationDeps {
  readonly source: Pick<Source, "messages">;
  readonly stores: Pick<Stores, "messages" | "conversations">;
  readonly ledger: Ledger;
}

/**
 * Extract, transform and load one conversation, page by page: its messages first, then the document that
 * sums them up (P4). Throws `ItemError` when it cannot be read to its end; what was loaded stays.
 */
export async function syncConversation(
  thread: Thread,
  { source, stores, ledger }: ConversationDeps,
  signal: AbortSignal,
): Promise<void> {
  const conversationId = thread.record.id;
  const tally = emptyTally();
  let newer: Date | null = null;

  const toDocuments = (records: readonly ConversationMessage[]): Message[] => {
    const placed = placeInTime(records, newer, thread.fallbackTime);
    newer = placed.at(-1)?.timestamp ?? newer;
    return placed.map((record) => toMessage(record, thread));
  };

  for await (const { items } of source.messages(conversationId, signal)) {
    const batch = {
      type: "message",
      schema: ConversationMessage,
      items,
      toDocuments,
      conversationId,
    } as const;
    const messages = await loadPage({ ...batch, store: stores.messages, ledger });
    for (const message of messages) count(tally, message);
  }
  const target = { type: "conversation", store: stores.conversations, ledger } as const;
  await loadDocuments(target, [toConversation(thread, tally)]);
}
