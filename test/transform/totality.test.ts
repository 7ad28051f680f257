import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { z } from "zod";
import { Conversation } from "../../src/domain/conversation.ts";
import { Listing } from "../../src/domain/listing.ts";
import { Message } from "../../src/domain/message.ts";
import { Reservation } from "../../src/domain/reservation.ts";
import * as hostaway from "../../src/hostaway/schemas.ts";
import { decode } from "../../src/transform/decode.ts";
import { toThread } from "../../src/transform/thread.ts";
import { placeInTime } from "../../src/transform/timestamps.ts";
import { count, emptyTally, toConversation } from "../../src/transform/to-conversation.ts";
import { toListing } from "../../src/transform/to-listing.ts";
import { toMessage } from "../../src/transform/to-message.ts";
import { toReservation } from "../../src/transform/to-reservation.ts";
import { rawConversation, rawMessage, threadOf } from "../support/records.ts";

const ACCOUNT = "10001";
const ANY_ZONE = { name: "Sea View", timezone: "Asia/Kathmandu" };

type Raw = Readonly<Record<string, unknown>>;
/** What a raw record becomes; null where it is refused. */
type Transform = (raw: unknown) => unknown;

function decoded<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> | null {
  const result = decode(schema, raw);
  return result.ok ? result.value : null;
}

const listingOf: Transform = (raw) => {
  const record = decoded(hostaway.Listing, raw);
  return record && toListing(record, ACCOUNT);
};

const reservationOf = (raw: unknown): Reservation | null => {
  const record = decoded(hostaway.Reservation, raw);
  return record && toReservation(record, ACCOUNT);
};

const messageOf = (raw: unknown): Message | null => {
  const record = decoded(hostaway.ConversationMessage, raw);
  const thread = { ...threadOf(), listing: () => null };
  const [placed] = record ? placeInTime([record], null, thread.fallbackTime) : [];
  return placed ? toMessage(placed, thread) : null;
};

/** With one message, so that the tally has been used, too. */
const conversationOf: Transform = (raw) => {
  const record = decoded(hostaway.Conversation, raw);
  if (!record) return null;
  const reservation = reservationOf(record.Reservation);
  const retrievedAt = new Date("2026-01-01T01:00:00Z");
  const thread = toThread({ accountId: ACCOUNT, record, reservation, listing: () => ANY_ZONE, retrievedAt });
  const message = decoded(hostaway.ConversationMessage, rawMessage({ date: null, body: null }));
  const tally = emptyTally();
  for (const placed of placeInTime(message ? [message] : [], null, thread.fallbackTime)) {
    count(tally, toMessage(placed, thread));
  }
  return toConversation(thread, tally);
};

const RESERVATION: Raw = {
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

const MESSAGE: Raw = rawMessage({
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

const CONVERSATION: Raw = rawConversation({
  recipientEmail: "ada@example.com",
  guestEmail: "1406@guest.hostaway.info",
  hostEmail: "1406@host.hostaway.info",
  type: "host-guest-email",
  hasUnreadMessages: 0,
  messageSentOn: "2026-01-01 10:00:00",
  messageReceivedOn: null,
  Reservation: RESERVATION,
});

const KINDS = [
  { kind: "messages", valid: MESSAGE, transform: messageOf, document: Message },
  { kind: "conversations", valid: CONVERSATION, transform: conversationOf, document: Conversation },
  { kind: "reservations", valid: RESERVATION, transform: reservationOf, document: Reservation },
  { kind: "listings", valid: LISTING, transform: listingOf, document: Listing },
];

/** Values that have broken decoders before. */
const TROUBLE: readonly unknown[] = [
  "",
  " ",
  ".",
  "\ud800",
  "a\udc00b",
  "\u0000",
  "<b>\ud83d</b>",
  "<p>&#xD83D;&#0;&#x110000;</p>",
  "</p></b><td><li><ol><ul>",
  "constructor",
  "__proto__",
  "0",
  "-0",
  "00",
  "9".repeat(400),
  "-99999999999999999999.9999999999",
  "1e400",
  "NaN",
  "9999-12-31 23:59:59",
  "1900-01-01 00:00:00",
  "0000-00-00 00:00:00",
  "2024-02-30",
  "+4915112345678",
  "+",
  "x-y-z",
  "en-840",
  -0,
  5e-324,
  1e21,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  2 ** 31,
  0.1 + 0.2,
  [[]],
  [null],
  {},
  null,
  undefined,
];

const anything = fc.oneof(
  fc.constantFrom(...TROUBLE),
  fc.jsonValue(),
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: 0n, max: 10n ** 40n }).map(String),
);

/** A valid record of which some fields are replaced. */
function damaged(valid: Raw): fc.Arbitrary<Raw> {
  const replacements = fc.dictionary(fc.constantFrom(...Object.keys(valid)), anything, { maxKeys: 6 });
  return replacements.map((replaced) => ({ ...valid, ...replaced }));
}

function expectNothingOrDocument(document: z.ZodType, made: unknown): void {
  if (made === null) return;
  const { error } = document.safeParse(made);
  if (error) throw new Error(`not a document of its kind: ${error.message}`);
}

const reservationInside = damaged(RESERVATION).map((Reservation) => ({ ...CONVERSATION, Reservation }));

describe("whatever JSON Hostaway sends, decode and transform never throw, and what they make satisfies the document's own schema", () => {
  describe.each(KINDS)("$kind", ({ valid, transform, document }) => {
    test("a valid record is not refused", () => {
      expect(transform(valid)).not.toBeNull();
      expectNothingOrDocument(document, transform(valid));
    });

    test("any JSON at all", () => {
      fc.assert(
        fc.property(fc.oneof(fc.jsonValue(), anything), (raw) => {
          expectNothingOrDocument(document, transform(raw));
        }),
        { numRuns: 500 },
      );
    });

    test("valid records with any fields replaced by any JSON", () => {
      fc.assert(
        fc.property(damaged(valid), (raw) => {
          expectNothingOrDocument(document, transform(raw));
        }),
        { numRuns: 1_500 },
      );
    });

    test.each(Object.keys(valid))("valid records with trouble in `%s`", (field) => {
      for (const value of TROUBLE) expectNothingOrDocument(document, transform({ ...valid, [field]: value }));
    });
  });

  test("conversations around reservations with any fields replaced", () => {
    fc.assert(
      fc.property(reservationInside, (raw) => {
        expectNothingOrDocument(Conversation, conversationOf(raw));
      }),
      { numRuns: 500 },
    );
  });

  test("the text of a message can be stored as UTF-8 whatever its body was", () => {
    fc.assert(
      fc.property(anything, (body) => {
        const document = messageOf({ ...MESSAGE, body });
        return document?.content.isWellFormed() !== false && document?.content_html?.isWellFormed() !== false;
      }),
      { numRuns: 500 },
    );
  });
});
