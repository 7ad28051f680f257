import type { Db } from "mongodb";
import type { Message } from "../domain/message.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { RunReport } from "../domain/run-report.ts";
import type {
  ConversationStore,
  ListingStore,
  MessageStore,
  ReservationStore,
  RunStore,
  Stores,
} from "../sync/ports.ts";
import { toTextTokens } from "../transform/text-tokens.ts";
import { CONVERSATIONS, LISTINGS, MESSAGES, RESERVATIONS, RUNS } from "./collections.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { markDeleted, PRESENT } from "./deletions.ts";
import { createDocumentStore } from "./document-store.ts";
import { storageOperation } from "./errors.ts";
import { createGroupCommit } from "./group-commit.ts";
import { createAccountStates, createConversationStates } from "./states.ts";
import type { WriteContext } from "./write-context.ts";

/** The collections as a run sees them. */
export function createStores(db: Db, context: WriteContext): Stores {
  return {
    messages: messageStore(db, context),
    conversations: conversationStore(db, context),
    listings: listingStore(db, context),
    reservations: reservationStore(db, context),
    conversationStates: createConversationStates(db, context),
    accountStates: createAccountStates(db, context),
    deadLetters: createDeadLetters(db, context),
    runs: runStore(db, context),
  };
}

/** A whole page of Hostaway's. */
const MESSAGES_AT_ONCE = 500;
const CONVERSATIONS_AT_ONCE = 50;

function messageStore(db: Db, context: WriteContext): MessageStore {
  const { name } = MESSAGES;
  const reading = storageOperation(`reading ${name}`);
  const writing = storageOperation(`writing to ${name}`);
  const messages = db.collection<Message>(name);

  async function findIds(conversationIds: readonly string[]): Promise<readonly (readonly string[])[]> {
    const filter = { conversation_id: { $in: [...conversationIds] }, ...PRESENT };
    const projection = { _id: 0, conversation_id: 1, message_id: 1 };
    const found = await messages.find(filter, { projection, batchSize: MESSAGES_AT_ONCE }).toArray();
    const ids = new Map<string, string[]>(conversationIds.map((id) => [id, []]));
    for (const { conversation_id, message_id } of found) ids.get(conversation_id)?.push(message_id);
    return conversationIds.map((id) => ids.get(id) ?? []);
  }

  // Asked for every conversation that is read again: those that ask at the same time share a query.
  const idsOf = createGroupCommit(findIds, CONVERSATIONS_AT_ONCE);
  return {
    ...createDocumentStore<Message>(db.collection(name), "message_id", context, ({ content }) => ({
      content_tokens: toTextTokens(content),
    })),
    idsOf: async (conversationId) => (await reading(() => idsOf([conversationId])))[0] ?? [],
    async *ofConversation(conversationId) {
      const cursor = messages
        .find({ conversation_id: conversationId, ...PRESENT }, { batchSize: MESSAGES_AT_ONCE })
        .sort({ timestamp: -1 });
      try {
        while (await reading(() => cursor.hasNext())) yield cursor.readBufferedDocuments();
      } finally {
        await cursor.close();
      }
    },
    count: (accountId) => reading(() => messages.countDocuments({ account_id: accountId, ...PRESENT })),
    markDeleted: (ids) =>
      writing(() => markDeleted(db.collection(name), { message_id: { $in: [...ids] } }, context)),
  };
}

function conversationStore(db: Db, context: WriteContext): ConversationStore {
  const { name } = CONVERSATIONS;
  const conversations = db.collection(name);
  const reading = storageOperation(`reading ${name}`);
  const writing = storageOperation(`writing to ${name}`);
  return {
    ...createDocumentStore(db.collection(name), "conversation_id", context),
    countActive: (accountId, from) =>
      reading(() =>
        conversations.countDocuments({ account_id: accountId, last_message_at: { $gte: from }, ...PRESENT }),
      ),
    markDeleted: (id) =>
      writing(async () => {
        const which = { conversation_id: id };
        const messages = await markDeleted(db.collection(MESSAGES.name), which, context);
        await markDeleted(db.collection(name), which, context);
        return messages;
      }),
  };
}

function listingStore(db: Db, context: WriteContext): ListingStore {
  const { name } = LISTINGS;
  const reading = storageOperation(`reading ${name}`);
  const listings = db.collection(name);
  return {
    ...createDocumentStore(db.collection(name), "listing_id", context),
    facts: (accountId) =>
      reading(async () => {
        const projection = { _id: 0, listing_id: 1, name: 1, timezone: 1 };
        const found = await listings.find({ account_id: accountId }, { projection }).toArray();
        return new Map(
          found.map((one) => [one["listing_id"], { name: one["name"], timezone: one["timezone"] }]),
        );
      }),
  };
}

function reservationStore(db: Db, context: WriteContext): ReservationStore {
  const { name } = RESERVATIONS;
  const reading = storageOperation(`reading ${name}`);
  const reservations = db.collection<Reservation>(name);
  return {
    ...createDocumentStore(db.collection(name), "reservation_id", context),
    findMany: (ids) =>
      reading(async () => {
        const found = await reservations.find({ reservation_id: { $in: [...ids] } }).toArray();
        return new Map(found.map((reservation) => [reservation.reservation_id, reservation]));
      }),
  };
}

function runStore(db: Db, { dryRun }: WriteContext): RunStore {
  const { name } = RUNS;
  const writing = storageOperation(`writing to ${name}`);
  const runs = db.collection<RunReport>(name);
  return {
    async save(report) {
      if (dryRun) return;
      await writing(() => runs.replaceOne({ run_id: report.run_id }, { ...report }, { upsert: true }));
    },
  };
}
