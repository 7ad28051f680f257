import type { Db } from "mongodb";
import type { Conversation } from "../domain/conversation.ts";
import { CONVERSATIONS, MESSAGES } from "../store/collections.ts";
import { PRESENT } from "../store/deletions.ts";
import { readInTime } from "./time-limit.ts";

export interface Share {
  readonly value: string;
  readonly messages: number;
}

/** An account's message counts by one field, the largest first. */
export async function countMessagesBy(
  db: Db,
  accountId: string,
  field: "channel" | "platform" | "sender.type",
): Promise<Share[]> {
  const rows = await readInTime("counting messages", (maxTimeMS) =>
    db
      .collection(MESSAGES.name)
      .aggregate<{ _id: string; messages: number }>(
        [
          { $match: { account_id: accountId, ...PRESENT } },
          { $group: { _id: `$${field}`, messages: { $sum: 1 } } },
        ],
        { maxTimeMS },
      )
      .toArray(),
  );
  return rows
    .map(({ _id, messages }) => ({ value: _id, messages: Number(messages) }))
    .sort((a, b) => b.messages - a.messages);
}

/** The conversation with the most messages from its guest; null when the account has none. */
export async function findLiveliestConversation(db: Db, accountId: string): Promise<Conversation | null> {
  return await readInTime("looking for a conversation", (maxTimeMS) =>
    db
      .collection<Conversation>(CONVERSATIONS.name)
      .find({ account_id: accountId, ...PRESENT }, { maxTimeMS })
      .sort({ "message_counts.incoming": -1 })
      .limit(1)
      .next(),
  );
}
