import type { Db } from "mongodb";
import type { Conversation } from "../domain/conversation.ts";
import { CONVERSATIONS, MESSAGES } from "../store/collections.ts";
import { PRESENT } from "../store/deletions.ts";

/** No question of these may hold up a database. */
const MAX_TIME_MS = 10_000;

export interface Share {
  readonly value: string;
  readonly messages: number;
}

/** How many messages an account has by channel, platform or whatever field, the most first. */
export async function countMessagesBy(
  db: Db,
  accountId: string,
  field: "channel" | "platform" | "sender.type",
): Promise<Share[]> {
  const rows = await db
    .collection(MESSAGES.name)
    .aggregate<{ _id: string; messages: number }>(
      [
        { $match: { account_id: accountId, ...PRESENT } },
        { $group: { _id: `$${field}`, messages: { $sum: 1 } } },
      ],
      { maxTimeMS: MAX_TIME_MS },
    )
    .toArray();
  return rows
    .map(({ _id, messages }) => ({ value: _id, messages: Number(messages) }))
    .sort((a, b) => b.messages - a.messages);
}

/** The account's conversation in which the guest wrote most; null when there is none. */
export async function findLiveliestConversation(db: Db, accountId: string): Promise<Conversation | null> {
  return await db
    .collection<Conversation>(CONVERSATIONS.name)
    .find({ account_id: accountId, ...PRESENT }, { maxTimeMS: MAX_TIME_MS })
    .sort({ "message_counts.incoming": -1 })
    .limit(1)
    .next();
}
