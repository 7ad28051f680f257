import type { z } from "zod";
import { Conversation } from "../../src/domain/conversation.ts";
import type { ItemType } from "../../src/domain/failure.ts";
import { Listing } from "../../src/domain/listing.ts";
import { Message } from "../../src/domain/message.ts";
import { Reservation } from "../../src/domain/reservation.ts";
import { decode } from "../../src/transform/decode.ts";
import * as hostaway from "../../src/transform/records.ts";
import { toThread } from "../../src/transform/thread.ts";
import { assignTimestamps } from "../../src/transform/timestamps.ts";
import { addToTally, emptyTally, toConversation } from "../../src/transform/to-conversation.ts";
import { toListing } from "../../src/transform/to-listing.ts";
import { toMessage } from "../../src/transform/to-message.ts";
import { toReservation } from "../../src/transform/to-reservation.ts";
import { rawConversation, rawMessage, threadOf } from "./records.ts";

const ACCOUNT = "10001";
const ANY_ZONE = { name: "Sea View", timezone: "Asia/Kathmandu" };

export type Raw = Readonly<Record<string, unknown>>;
/** What a raw record becomes; null where it is refused. */
export type Transform = (raw: unknown) => unknown;

function decoded<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> | null {
  const result = decode(schema, raw);
  return result.ok ? result.value : null;
}

const listingOf: Transform = (raw) => {
  const record = decoded(hostaway.ListingRecord, raw);
  return record && toListing(record, ACCOUNT);
};

const reservationOf = (raw: unknown): Reservation | null => {
  const record = decoded(hostaway.ReservationRecord, raw);
  return record && toReservation(record, ACCOUNT);
};

export const messageOf = (raw: unknown): Message | null => {
  const record = decoded(hostaway.MessageRecord, raw);
  const thread = { ...threadOf(), listing: () => null };
  const [placed] = record ? assignTimestamps([record], null, thread.fallbackTime) : [];
  return placed ? toMessage(placed, thread) : null;
};

/** With one message, so that the tally has been used, too. */
export const conversationOf: Transform = (raw) => {
  const record = decoded(hostaway.ConversationRecord, raw);
  if (!record) return null;
  const reservation = reservationOf(record.Reservation);
  const retrievedAt = new Date("2026-01-01T01:00:00Z");
  const thread = toThread({ accountId: ACCOUNT, record, reservation, listing: () => ANY_ZONE, retrievedAt });
  const message = decoded(hostaway.MessageRecord, rawMessage({ date: null, body: null }));
  const tally = emptyTally();
  for (const placed of assignTimestamps(message ? [message] : [], null, thread.fallbackTime)) {
    addToTally(tally, toMessage(placed, thread));
  }
  return toConversation(thread, tally);
};

export const RESERVATION: Raw = {
  id: 2,
  listingMapId: 40160,
  channelId: 2018,
  status: "new",
  guestName: "Ada Lovelace",
  guestFirstName: "Ada",
  guestLastName: "Lovelace",
  guestEmail: "ada@example.com",
  guestCountry: "GB",
  guestLocale: "en-GB",
  phone: "+442071234567",
  numberOfGuests: 2,
  nights: "3",
  arrivalDate: "2026-05-01",
  departureDate: "2026-05-04",
  totalPrice: 99.9,
  currency: "EUR",
  reservationDate: "2026-01-01 10:00:00",
  cancellationDate: null,
  insertedOn: "2026-01-01 10:00:00",
  updatedOn: "2026-01-02 10:00:00",
  isDatesUnspecified: 0,
};

const LISTING: Raw = {
  id: 40160,
  name: "Sea View",
  internalListingName: "SV-1",
  countryCode: "PT",
  timeZoneName: "Europe/Lisbon",
  currencyCode: "EUR",
  personCapacity: 4,
  checkInTimeStart: 15,
  checkOutTime: "11",
  insertedOn: "2026-01-01 10:00:00",
  latestActivityOn: "2026-01-02 10:00:00",
};

export const MESSAGE: Raw = rawMessage({
  sentChannelDate: null,
  communicationId: null,
  communicationEvent: null,
  messageSource: null,
  originatedBy: null,
  listingTimeZoneName: "Europe/Berlin",
  isSeen: 1,
  attachments: [{ id: 1, name: "a.pdf", url: "https://example.com/a.pdf", isPublic: 1 }],
  imagesUrls: ["https://example.com/a.jpg"],
});

export const CONVERSATION: Raw = rawConversation({
  recipientEmail: "ada@example.com",
  guestEmail: "1406@guest.hostaway.info",
  hostEmail: "1406@host.hostaway.info",
  type: "host-guest-email",
  hasUnreadMessages: 0,
  messageSentOn: "2026-01-01 10:00:00",
  messageReceivedOn: null,
  Reservation: RESERVATION,
});

export interface Kind {
  readonly type: ItemType;
  readonly kind: string;
  /** A record with something in every field. */
  readonly valid: Raw;
  readonly transform: Transform;
  /** What the result must satisfy. */
  readonly document: z.ZodType;
}

export const KINDS: readonly Kind[] = [
  { type: "message", kind: "messages", valid: MESSAGE, transform: messageOf, document: Message },
  {
    type: "conversation",
    kind: "conversations",
    valid: CONVERSATION,
    transform: conversationOf,
    document: Conversation,
  },
  {
    type: "reservation",
    kind: "reservations",
    valid: RESERVATION,
    transform: reservationOf,
    document: Reservation,
  },
  { type: "listing", kind: "listings", valid: LISTING, transform: listingOf, document: Listing },
];
