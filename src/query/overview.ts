import type { Db } from "mongodb";
import type { Conversation } from "../domain/conversation.ts";
import type { Message } from "../domain/message.ts";
import type { Lag, Overview } from "../domain/overview.ts";
import type { ConversationState } from "../domain/sync-state.ts";
import { CONVERSATION_STATES, CONVERSATIONS, DATA_COLLECTIONS, MESSAGES } from "../store/collections.ts";
import { PRESENT } from "../store/deletions.ts";
import { storageOperation } from "../store/errors.ts";
import { QUERY_LIMIT_MS as maxTimeMS } from "./time-limit.ts";

export async function readOverview(db: Db, accountId: string, now: Date): Promise<Overview> {
  return await storageOperation("reading what is stored")(async () => ({
    documents: await countDocuments(db, accountId),
    lag: {
      newest_message_at: await newestMessage(db, accountId, now),
      oldest_unread: await oldestUnread(db, accountId),
      to_be_read: await countToBeRead(db, accountId),
    },
    store_bytes: await sizeOf(db),
  }));
}

export async function countDocuments(db: Db, account_id: string): Promise<Overview["documents"]> {
  const names = DATA_COLLECTIONS.map(({ name }) => name);
  const counts = await Promise.all(
    names.map((name) => db.collection(name).countDocuments({ account_id }, { maxTimeMS })),
  );
  return Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0]));
}

export async function newestMessage(db: Db, account_id: string, now: Date): Promise<Date | null> {
  const newest = await db
    .collection<Message>(MESSAGES.name)
    .find({ account_id, timestamp: { $lte: now }, ...PRESENT }, { maxTimeMS })
    .project<Pick<Message, "timestamp">>({ _id: 0, timestamp: 1 })
    .sort({ timestamp: -1 })
    .limit(1)
    .next();
  return newest?.timestamp ?? null;
}

export async function oldestUnread(db: Db, account_id: string): Promise<Lag["oldest_unread"]> {
  const oldest = await db
    .collection<Conversation>(CONVERSATIONS.name)
    .find({ account_id, unread: true, last_message_at: { $ne: null }, ...PRESENT }, { maxTimeMS })
    .project<Pick<Conversation, "conversation_id" | "last_message_at">>({
      _id: 0,
      conversation_id: 1,
      last_message_at: 1,
    })
    .sort({ last_message_at: 1 })
    .limit(1)
    .next();
  return oldest?.last_message_at
    ? { conversation_id: oldest.conversation_id, last_message_at: oldest.last_message_at }
    : null;
}

export async function countToBeRead(db: Db, account_id: string): Promise<number> {
  return await db
    .collection<ConversationState>(CONVERSATION_STATES.name)
    .countDocuments({ account_id, deleted_at: null, fingerprint: null }, { maxTimeMS });
}

/** Null where the user has no right to run `dbStats`. */
async function sizeOf(db: Db): Promise<number | null> {
  try {
    const stats = await db.command({ dbStats: 1, maxTimeMS });
    const bytes = Number(stats["storageSize"]) + Number(stats["indexSize"]);
    return Number.isFinite(bytes) ? bytes : null;
  } catch {
    return null;
  }
}
