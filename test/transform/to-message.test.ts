import { describe, expect, test } from "@jest/globals";
import { decode, rawId } from "../../src/transform/decode.ts";
import * as hostaway from "../../src/transform/records.ts";
import { type ThreadParts, toThread } from "../../src/transform/thread.ts";
import { assignTimestamps } from "../../src/transform/timestamps.ts";
import { toMessage } from "../../src/transform/to-message.ts";
import { toReservation } from "../../src/transform/to-reservation.ts";
import { message, messages, rawConversation, rawMessage, threadOf } from "../support/records.ts";

type Overrides = Readonly<Record<string, unknown>>;

const RETRIEVED = new Date("2026-01-01T01:00:00Z");
const NO_DATES = { sentChannelDate: null, date: null, insertedOn: null, updatedOn: null };

const reservation = (overrides: Overrides) =>
  toReservation(hostaway.ReservationRecord.parse({ id: 2, ...overrides }), "10001");

const records = (page: readonly Overrides[]) =>
  page.map((overrides) => hostaway.MessageRecord.parse(rawMessage(overrides)));

/** The document of a message in a thread put together differently. */
function messageIn(parts: Partial<ThreadParts>, overrides: Overrides = {}) {
  const thread = toThread({
    accountId: "10001",
    record: hostaway.ConversationRecord.parse(rawConversation()),
    reservation: null,
    listing: () => null,
    retrievedAt: RETRIEVED,
    ...parts,
  });
  const [placed] = assignTimestamps(records([overrides]), null, thread.fallbackTime);
  if (!placed) throw new Error("one record has one place");
  return toMessage(placed, thread);
}

describe("who wrote a message", () => {
  test.each([
    ["the guest", { isIncoming: 1 }, "incoming", "guest", "manual"],
    ["the guest, flag as text", { isIncoming: "1" }, "incoming", "guest", "manual"],
    ["the guest, flag as boolean", { isIncoming: true }, "incoming", "guest", "manual"],
    [
      "the guest, even in answer to an automation",
      { isIncoming: 1, communicationId: 7 },
      "incoming",
      "guest",
      "manual",
    ],
    ["the host", { isIncoming: 0 }, "outgoing", "host", "manual"],
    ["the host, flag as text", { isIncoming: "0" }, "outgoing", "host", "manual"],
    ["the host, without automation", { communicationId: 0 }, "outgoing", "host", "manual"],
    ["the host, event blank", { communicationEvent: " " }, "outgoing", "host", "manual"],
    ["the host, by another source", { messageSource: "manual" }, "outgoing", "host", "manual"],
    ["the host, by another origin", { originatedBy: "User" }, "outgoing", "host", "manual"],
    ["an automation by its id", { communicationId: 7 }, "outgoing", "automation", "automated"],
    [
      "an automation by its event",
      { communicationEvent: "newBooking" },
      "outgoing",
      "automation",
      "automated",
    ],
    [
      "an automation by its source",
      { messageSource: "pre-generated" },
      "outgoing",
      "automation",
      "automated",
    ],
    ["an automation by its origin", { originatedBy: "Automation" }, "outgoing", "automation", "automated"],
    [
      "an automation by a longer origin",
      { originatedBy: "AutomationTask" },
      "outgoing",
      "automation",
      "automated",
    ],
  ])("%s", (_what, overrides, direction, type, message_type) => {
    const name = type === "guest" ? "Ada" : null;

    expect(message(overrides)).toMatchObject({ direction, message_type, sender: { type, name } });
  });
});

describe("how a message travelled", () => {
  test("its own channel number comes before the reservation's", () => {
    const booked = { reservation: reservation({ channelId: 2005 }) };

    expect(messageIn(booked, { channelId: 2018 })).toMatchObject({
      platform: "airbnb",
      source_channel_id: 2018,
    });
    expect(messageIn(booked, { channelId: null })).toMatchObject({
      platform: "bookingcom",
      source_channel_id: null,
    });
  });

  test("a missing type is not made up from the reservation's channel number", () => {
    const booked = { reservation: reservation({ channelId: 2005 }) };

    expect(messageIn(booked, { channelId: null, communicationType: null }).channel).toBe("unknown");
    expect(messageIn(booked, { channelId: 2018, communicationType: null }).channel).toBe("platform");
  });

  test("Hostaway's own words stay beside ours", () => {
    expect(message({ communicationType: "pigeon", status: "delivered" })).toMatchObject({
      channel: "unknown",
      source_communication_type: "pigeon",
      delivery_status: "unknown",
      source_status: "delivered",
    });
  });
});

describe("the property of a message", () => {
  const listing = (id: string | null) => ({ name: `Listing ${id}`, timezone: null });

  test.each([
    ["the reservation's", reservation({ listingMapId: 1 }), { listingMapId: 2 }, "1"],
    ["its own where the reservation names none", reservation({}), { listingMapId: 2 }, "2"],
    ["its own without a reservation", null, { listingMapId: 2 }, "2"],
    ["the conversation's where nothing else is known", null, { listingMapId: 0 }, "40160"],
  ])("is %s", (_what, booked, overrides, id) => {
    const { property } = messageIn({ listing, reservation: booked }, overrides);

    expect(property).toEqual({ id, name: `Listing ${id}` });
  });

  test("has no name where the listing is not known", () => {
    expect(messageIn({}).property).toEqual({ id: "40160", name: null });
  });

  test.each([
    ["the listing's", "Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo", "2018-07-16T19:12:52"],
    [
      "the message's where the listing has none",
      null,
      "Europe/Berlin",
      "Europe/Berlin",
      "2018-07-16T12:12:52",
    ],
    ["none where neither exists", "Mars/Olympus", "Nowhere", null, null],
  ])("has a time zone: %s", (_what, listed, listingTimeZoneName, timezone, local_timestamp) => {
    const parts = { listing: () => ({ name: null, timezone: listed }) };

    expect(messageIn(parts, { listingTimeZoneName })).toMatchObject({ timezone, local_timestamp });
  });
});

describe("the time of a message", () => {
  const dates = {
    sentChannelDate: "2026-01-01 00:00:01",
    date: "2026-01-01 00:00:02",
    insertedOn: "2026-01-01 00:00:03",
    updatedOn: "2026-01-01 00:00:04",
  };

  test.each([
    ["sent_channel_date", {}, "2026-01-01T00:00:01Z"],
    ["date", { sentChannelDate: null }, "2026-01-01T00:00:02Z"],
    ["inserted_on", { sentChannelDate: null, date: "" }, "2026-01-01T00:00:03Z"],
    ["updated_on", { sentChannelDate: null, date: null, insertedOn: null }, "2026-01-01T00:00:04Z"],
  ])("is its %s where nothing better is there", (timestamp_source, overrides, timestamp) => {
    expect(message({ ...dates, ...overrides })).toMatchObject({
      timestamp: new Date(timestamp),
      timestamp_source,
    });
  });

  test.each([
    ["2026-01-02 03:04:05", "2026-01-02T03:04:05Z"],
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"],
    ["2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05Z"],
    ["2024-02-29 23:59:59", "2024-02-29T23:59:59Z"],
    ["2026-01-01 24:00:00", "2026-01-02T00:00:00Z"],
    ["2026-11-10T09:00:00+00:00", "2026-11-10T09:00:00Z"],
    ["2026-11-10T09:00:00+0200", "2026-11-10T07:00:00Z"],
    ["2026-11-10 09:00:00 -05:30", "2026-11-10T14:30:00Z"],
    ["2026-11-10T09:00+02", "2026-11-10T07:00:00Z"],
    ["2026-11-10T09:00", "2026-11-10T09:00:00Z"],
    ["2026-11-10t09:00:00z", "2026-11-10T09:00:00Z"],
    ["2026-11-10 09:00:00 UTC", "2026-11-10T09:00:00Z"],
    ["2026-11-10T090000Z", "2026-11-10T09:00:00Z"],
    ["2026-11-10T09:00:00,123+01:00", "2026-11-10T08:00:00Z"],
    ["Tue, 10 Nov 2026 09:00:00 GMT", "2026-11-10T09:00:00Z"],
    ["Tue, 10 Nov 2026 09:00:00 +0200", "2026-11-10T07:00:00Z"],
    [1_767_225_600, "2026-01-01T00:00:00Z"],
    ["1767225600", "2026-01-01T00:00:00Z"],
    [1_767_225_600_123, "2026-01-01T00:00:00Z"],
  ])("%p names one moment, in UTC where it names no zone", (date, timestamp) => {
    expect(message({ date })).toMatchObject({ timestamp: new Date(timestamp), timestamp_source: "date" });
  });

  test.each([
    "2024-02-30 10:00:00",
    "2023-02-29 10:00:00",
    "0000-00-00 00:00:00",
    "2026-13-01 00:00:00",
    "2026-01-01 24:00:01",
    "2026-01-01 10:60:00",
    "2026-01-01",
    "2026-01-01 10:00:00+99:00",
    "2026-01-01 10:00:00 CST",
    "10/11/2026 10:00:00",
    "9999-12-31 00:00:00",
    "2099-12-31 23:59:59",
    "1970-01-01 00:00:00",
    "1969-12-31T19:00:00-05:00",
    "0001-01-01T00:00:00Z",
    "yesterday",
    "",
    17_672_256,
    176_722_560_012,
    Number.NaN,
    true,
    {},
    [],
  ])("%j is no time, and the next date stands in", (date) => {
    expect(message({ ...dates, sentChannelDate: null, date }).timestamp_source).toBe("inserted_on");
  });
});

describe("a message without any time stands at its place in the thread", () => {
  const at = (time: string) => ({ ...NO_DATES, date: `2026-05-01 ${time}` });
  const placesOf = (page: readonly Overrides[], newer: Date | null = null) =>
    assignTimestamps(records(page), newer, RETRIEVED).map(({ timestamp, source }) => [
      timestamp.toISOString().slice(11, 19),
      source,
    ]);

  test("it takes the time of its newer neighbour", () => {
    expect(placesOf([at("10:00:00"), NO_DATES, NO_DATES, at("08:00:00"), NO_DATES])).toEqual([
      ["10:00:00", "date"],
      ["10:00:00", "retrieved"],
      ["10:00:00", "retrieved"],
      ["08:00:00", "date"],
      ["08:00:00", "retrieved"],
    ]);
  });

  test("at the top it takes that of the older one", () => {
    expect(placesOf([NO_DATES, NO_DATES, at("08:00:00")])).toEqual([
      ["08:00:00", "retrieved"],
      ["08:00:00", "retrieved"],
      ["08:00:00", "date"],
    ]);
  });

  test("at the top of a later page it takes that of the page before", () => {
    expect(placesOf([NO_DATES, at("08:00:00")], new Date("2026-05-01T12:00:00Z"))).toEqual([
      ["12:00:00", "retrieved"],
      ["08:00:00", "date"],
    ]);
  });

  test("a whole page without times takes that of the page before", () => {
    expect(placesOf([NO_DATES, NO_DATES], new Date("2026-05-01T12:00:00Z"))).toEqual([
      ["12:00:00", "retrieved"],
      ["12:00:00", "retrieved"],
    ]);
  });

  test("a whole thread without times takes the fallback", () => {
    expect(placesOf([NO_DATES, NO_DATES])).toEqual([
      ["01:00:00", "retrieved"],
      ["01:00:00", "retrieved"],
    ]);
  });

  test("an empty page stays empty", () => {
    expect(placesOf([])).toEqual([]);
  });

  test.each([
    [
      "when the conversation last received",
      { messageReceivedOn: "2026-02-01 00:00:00", messageSentOn: "2026-03-01 00:00:00" },
      "2026-02-01T00:00:00.000Z",
    ],
    ["when it last sent", { messageSentOn: "2026-03-01 00:00:00" }, "2026-03-01T00:00:00.000Z"],
    ["when it was retrieved", {}, RETRIEVED.toISOString()],
  ])("the fallback is %s", (_what, overrides, expected) => {
    expect(threadOf(overrides).fallbackTime.toISOString()).toBe(expected);
  });

  test("the fallback is when the booking was made, before when it was retrieved", () => {
    const booked = reservation({ insertedOn: "2026-04-01 00:00:00" });

    expect(messageIn({ reservation: booked }, NO_DATES)).toMatchObject({
      timestamp: new Date("2026-04-01T00:00:00Z"),
      timestamp_source: "retrieved",
    });
  });

  test("the documents of a page keep its order", () => {
    const page = [{ id: 3, ...NO_DATES }, { id: 2 }, { id: 1 }];

    expect(messages(page).map((document) => document.message_id)).toEqual(["3", "2", "1"]);
  });
});

describe("attachments", () => {
  const file = {
    id: 9,
    name: "map.pdf",
    url: "https://example.com/map.pdf",
    extension: "pdf",
    mimeType: "application/pdf",
    isImage: 0,
    isPublic: 1,
  };
  const kept = {
    id: "9",
    name: "map.pdf",
    mime_type: "application/pdf",
    extension: "pdf",
    is_image: false,
    is_public: true,
    url: "https://example.com/map.pdf",
  };
  const picture = {
    id: null,
    name: "a.JPG",
    mime_type: null,
    extension: "JPG",
    is_image: true,
    is_public: null,
    url: null,
  };

  test.each([
    ["a public file keeps its link", { attachments: [file] }, [kept]],
    [
      "a private file does not",
      { attachments: [{ ...file, isPublic: 0 }] },
      [{ ...kept, is_public: false, url: null }],
    ],
    [
      "a file of which nobody says so does not either",
      { attachments: [{ ...file, isPublic: undefined }] },
      [{ ...kept, is_public: null, url: null }],
    ],
    ["what is no file is left out", { attachments: ["x", null, 7, file] }, [kept]],
    ["what is no list is none", { attachments: "x" }, []],
    ["missing ones are none", { attachments: null, imagesUrls: null }, []],
    ["pictures as a list", { imagesUrls: ["https://example.com/p/a.JPG?sig=secret"] }, [picture]],
    ["one picture as text", { imagesUrls: "https://example.com/p/a.JPG#top" }, [picture]],
    ["blank pictures are none", { imagesUrls: ["", null, " "] }, []],
    ["a blank text is no picture", { imagesUrls: "" }, []],
    ["files come before pictures", { attachments: [file], imagesUrls: ["a.JPG"] }, [kept, picture]],
  ])("%s", (_what, overrides, expected) => {
    expect(message(overrides).attachments).toEqual(expected);
  });
});

describe("the body of a message", () => {
  test("HTML is kept beside its text", () => {
    expect(message({ body: "<p>Hi</p>" })).toMatchObject({ content: "Hi", content_html: "<p>Hi</p>" });
  });

  test.each([
    ["plain text", "a < b"],
    ["nothing", null],
  ])("%s leaves no `content_html` behind", (_what, body) => {
    expect(message({ body })).not.toHaveProperty("content_html");
  });

  test.each([
    ["half an emoji", "Hi \ud83d", "Hi \ufffd"],
    ["a number", 42, "42"],
    ["an object", {}, ""],
    ["a whole emoji", "Hi 👋", "Hi 👋"],
  ])("%s becomes text that can be stored", (_what, body, content) => {
    expect(message({ body }).content).toBe(content);
  });
});

describe("ids are text, whatever they came as", () => {
  test.each([326, "326"])("%p", (id) => {
    expect(message({ id }).message_id).toBe("326");
  });

  test("a message belongs to the conversation it was found in, whatever it names itself", () => {
    for (const conversationId of [null, 1406, 99, "x"])
      expect(message({ conversationId }).conversation_id).toBe("1406");
  });
});

describe("flags are read from numbers, text and booleans", () => {
  test.each([
    [1, true],
    ["1", true],
    [true, true],
    [0, false],
    ["0", false],
    [false, false],
    [null, null],
    [undefined, null],
    ["yes", null],
    [2, null],
  ])("%p is %p", (isSeen, seen) => {
    expect(message({ isSeen }).seen).toBe(seen);
  });
});

describe("money is exact", () => {
  test.each([
    [100, "100"],
    [0, "0"],
    [-20.5, "-20.5"],
    [99.99, "99.99"],
    ["1234.50", "1234.50"],
    ["12345678901234567890.1234567891", "12345678901234567890.1234567891"],
  ])("%p is the decimal %s", (totalPrice, expected) => {
    expect(reservation({ totalPrice }).price?.toString()).toBe(expected);
  });

  test.each([null, "", "1,000.00", "free", "NaN", true, {}])("%j is no price", (totalPrice) => {
    expect(reservation({ totalPrice }).price).toBeNull();
  });

  test("messages carry the reservation's price and currency", () => {
    const booked = reservation({
      totalPrice: "99.90",
      currency: "EUR",
      status: "new",
      arrivalDate: "2026-05-01",
    });

    const { reservation: snapshot } = messageIn({ reservation: booked });

    expect(snapshot).toMatchObject({ id: "2", status: "new", currency: "EUR", departure_date: null });
    expect(snapshot?.price?.toString()).toBe("99.90");
    expect(snapshot?.arrival_date).toEqual(new Date("2026-05-01T00:00:00Z"));
  });

  test("a reservation that could not be read is still named", () => {
    expect(messageIn({}).reservation).toEqual({
      id: "2",
      status: null,
      arrival_date: null,
      departure_date: null,
      price: null,
      currency: null,
    });
  });
});

describe("when the source changed a message", () => {
  test.each([
    ["its own update", {}, "2018-07-17T00:00:00.000Z"],
    ["its insertion where it was never updated", { updatedOn: null }, "2018-07-16T00:00:00.000Z"],
    ["unknown where neither is there", { updatedOn: null, insertedOn: null }, undefined],
  ])("is %s", (_what, overrides, expected) => {
    const dates = { insertedOn: "2018-07-16 00:00:00", updatedOn: "2018-07-17 00:00:00", ...overrides };

    expect(message(dates).source_updated_at?.toISOString()).toBe(expected);
  });
});

describe("a record that cannot be used is named by path, never by value", () => {
  const SECRET = "hunter2-very-secret";
  const errorOf = (raw: unknown) => {
    const result = decode(hostaway.MessageRecord, raw);
    return result.ok ? null : result.error;
  };

  test.each([
    ["id: missing", rawMessage({ id: undefined })],
    ["id: missing", rawMessage({ id: null })],
    ["id: not a usable id", rawMessage({ id: SECRET })],
    ["id: not a usable id", rawMessage({ id: 0 })],
    ["id: not a usable id", rawMessage({ id: -3 })],
    ["id: not a usable id", rawMessage({ id: 1.5 })],
    ["isIncoming: missing", rawMessage({ isIncoming: null })],
    ["isIncoming: neither 0 nor 1", rawMessage({ isIncoming: SECRET })],
    ["id: not a usable id; isIncoming: missing", { id: SECRET, body: SECRET }],
  ])("%s", (expected, raw) => {
    expect(errorOf(raw)).toBe(expected);
  });

  test.each([null, undefined, SECRET, 7, true, [SECRET], []])("%j is not a record at all", (raw) => {
    const error = errorOf(raw);

    expect(error).toContain("(record)");
    expect(error).not.toContain(SECRET);
  });

  test("one strange value does not cost a message", () => {
    const strange = { body: { [SECRET]: SECRET }, channelId: SECRET, attachments: 7, status: [] };

    expect(errorOf(rawMessage(strange))).toBeNull();
  });

  test.each([
    [{ id: 7 }, "7"],
    [{ id: "7" }, "7"],
    [{ id: "9".repeat(100) }, "9".repeat(40)],
    [{ id: null }, null],
    [{ id: {} }, null],
    [{}, null],
    [null, null],
    ["7", null],
  ])("the id of %j is %p", (raw, expected) => {
    expect(rawId(raw)).toBe(expected);
  });
});
