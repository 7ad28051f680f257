import type { Message } from "../../src/domain/message.ts";
import { ConversationRecord, MessageRecord } from "../../src/transform/records.ts";
import { type Thread, toThread } from "../../src/transform/thread.ts";
import { assignTimestamps } from "../../src/transform/timestamps.ts";
import { toMessage } from "../../src/transform/to-message.ts";

type Overrides = Readonly<Record<string, unknown>>;

/** A valid message record as Hostaway sends it, with only what a test is about changed. */
export function rawMessage(overrides: Overrides = {}): Record<string, unknown> {
  return {
    id: 326,
    accountId: 10001,
    listingMapId: 40160,
    reservationId: 2,
    conversationId: 1406,
    channelId: 2018,
    communicationType: "channel",
    body: "hello guest",
    status: "sent",
    isIncoming: 0,
    date: "2018-07-16 10:12:52",
    insertedOn: "2018-07-16 10:12:52",
    updatedOn: "2018-07-16 10:12:52",
    ...overrides,
  };
}

export function rawConversation(overrides: Overrides = {}): Record<string, unknown> {
  return {
    id: 1406,
    accountId: 10001,
    listingMapId: 40160,
    reservationId: 2,
    recipientName: "Ada",
    ...overrides,
  };
}

export function threadOf(overrides: Overrides = {}): Thread {
  return toThread({
    accountId: "10001",
    record: ConversationRecord.parse(rawConversation(overrides)),
    reservation: null,
    listing: () => ({ name: "Sea View", timezone: "Europe/Berlin" }),
    retrievedAt: new Date("2026-01-01T01:00:00Z"),
  });
}

/** The document that a message record becomes. */
export function message(overrides: Overrides = {}): Message {
  const [document] = messages([overrides]);
  if (!document) throw new Error("one record makes one document");
  return document;
}

/** The documents of one page of records, newest first. */
export function messages(page: readonly Overrides[]): Message[] {
  const thread = threadOf();
  const records = page.map((overrides) => MessageRecord.parse(rawMessage(overrides)));
  return assignTimestamps(records, null, thread.fallbackTime).map((placed) => toMessage(placed, thread));
}
