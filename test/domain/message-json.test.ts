import { describe, expect, test } from "@jest/globals";
import { Decimal128 } from "bson";
import { Message, type StoredMessage } from "../../src/domain/message.ts";
import { MessageJson, toMessageJson, toMessageLine } from "../../src/domain/message-json.ts";
import { messageSaying, sparseMessage, storedMessage } from "../export/messages.ts";
import { TEXTS } from "../fixtures/hostile/values.ts";

const FIELDS = [...Message.keyof().options, "deleted_at"];
const BOOKKEEPING = {
  _id: "x",
  content_hash: "x",
  content_tokens: ["x"],
  created_at: new Date(0),
  updated_at: new Date(0),
  schema_version: 1,
};

test.each<[string, StoredMessage]>([
  ["with everything", storedMessage()],
  ["with as little as there can be", sparseMessage()],
  ["with the store's bookkeeping", { ...storedMessage(), ...BOOKKEEPING } as StoredMessage],
  [
    "with its fields in another order",
    Object.fromEntries(Object.entries(storedMessage()).reverse()) as StoredMessage,
  ],
])("a message %s has the same fields in the same order, as the schema says", (_, message) => {
  const json = toMessageJson(message);

  expect(Object.keys(json)).toEqual(FIELDS);
  expect(MessageJson.parse(json)).toEqual(json);
});

test("the fields of its parts are in the same order, and no others, too", () => {
  const { reservation, guest, property, sender, attachments } = storedMessage();
  const mixedUp = <T extends object>(part: T): T =>
    Object.fromEntries([["secret", 1], ...Object.entries(part).reverse()]) as T;
  const message = storedMessage({
    reservation: reservation && mixedUp(reservation),
    guest: mixedUp(guest),
    property: mixedUp(property),
    sender: mixedUp(sender),
    attachments: attachments.map(mixedUp),
  });

  expect(toMessageLine(message)).toBe(toMessageLine(storedMessage()));
});

test("moments are in UTC, days are days, an amount has plain digits, and nothing is missing", () => {
  const price = Decimal128.fromString("1.2345E+3");
  const { reservation } = storedMessage();

  expect(
    toMessageJson(storedMessage({ reservation: reservation && { ...reservation, price } })),
  ).toMatchObject({
    timestamp: "2026-06-02T06:52:07.123Z",
    reservation: { arrival_date: "2026-06-04", departure_date: "2026-06-11", price: "1234.5" },
    deleted_at: "2026-06-05T01:00:03.004Z",
  });
  expect(toMessageJson(sparseMessage())).toMatchObject({
    reservation: null,
    content_html: null,
    deleted_at: null,
  });
});

test("a field that a document of an earlier version lacks is null, and a list empty", () => {
  const { reservation_ids: _, source_timezone: __, attachments: ___, ...older } = storedMessage();

  expect(toMessageJson(older as StoredMessage)).toMatchObject({
    reservation_ids: [],
    source_timezone: null,
    attachments: [],
  });
});

describe("a line is one line to every reader, acts on no terminal, and says what the message says", () => {
  test.each(TEXTS.map((text, index) => [index, text] as const))("hostile text %i", (_, text) => {
    const line = toMessageLine(messageSaying(text));

    expect(line).toMatch(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u);
    expect(line).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/);
    expect(JSON.parse(line)).toMatchObject({ content: text.toWellFormed() });
  });
});
