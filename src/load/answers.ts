import type { Db, WithId } from "mongodb";
import type { Conversation } from "../domain/conversation.ts";
import type { Message } from "../domain/message.ts";
import { CONVERSATIONS, MESSAGES } from "./collections.ts";
import { PRESENT } from "./deletions.ts";

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

/** A booking's messages across all channels, oldest first; ties by the numeric message id. */
export async function readHistory(db: Db, reservationId: string, limit: number): Promise<Message[]> {
  const found: WithId<Message>[] = await db
    .collection<Message>(MESSAGES.name)
    .find({ "reservation.id": reservationId, ...PRESENT }, { maxTimeMS: MAX_TIME_MS })
    .sort({ timestamp: 1 })
    .limit(limit)
    .toArray();
  return found.sort(
    (a, b) => a.timestamp.getTime() - b.timestamp.getTime() || Number(a.message_id) - Number(b.message_id),
  );
}

/** An account's messages that hold all of some words. */
export async function searchText(
  db: Db,
  accountId: string,
  words: string,
  limit: number,
): Promise<Message[]> {
  const phrase = words
    .split(/\s+/)
    .map((word) => `"${word.replaceAll('"', "")}"`)
    .join(" ");
  return await db
    .collection<Message>(MESSAGES.name)
    .find({ account_id: accountId, ...PRESENT, $text: { $search: phrase } }, { maxTimeMS: MAX_TIME_MS })
    .limit(limit)
    .toArray();
}
