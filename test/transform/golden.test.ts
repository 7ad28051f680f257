import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { EJSON } from "bson";
import { decode } from "../../src/transform/decode.ts";
import * as hostaway from "../../src/transform/records.ts";
import { toThread } from "../../src/transform/thread.ts";
import { assignTimestamps } from "../../src/transform/timestamps.ts";
import { addToTally, emptyTally, toConversation } from "../../src/transform/to-conversation.ts";
import { toListing } from "../../src/transform/to-listing.ts";
import { toMessage } from "../../src/transform/to-message.ts";
import { toReservation } from "../../src/transform/to-reservation.ts";

const ACCOUNT = "10001";
const LISTING = { name: "Sea View", timezone: "America/New_York" };

/** A field of a payload by its path: `result.0`. */
function read(name: string, path = ""): unknown {
  const whole: unknown = JSON.parse(readFileSync(`test/fixtures/hostaway/${name}.json`, "utf8"));
  return path
    .split(".")
    .filter((key) => key !== "")
    .reduce((value, key) => Reflect.get(Object(value), key), whole);
}

const items = (name: string): unknown[] => {
  const list = read(name, "result");
  return Array.isArray(list) ? list : [];
};

function decoded<S extends Parameters<typeof decode>[0]>(schema: S, raw: unknown) {
  const result = decode(schema, raw);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function threadOf(raw: unknown) {
  const record = decoded(hostaway.ConversationRecord, raw);
  const reservation = toReservation(decoded(hostaway.ReservationRecord, record.Reservation), ACCOUNT);
  const listing = () => LISTING;
  return toThread({ accountId: ACCOUNT, record, reservation, listing, retrievedAt: new Date(0) });
}

function conversationOf(raw: unknown, messages: unknown[] = []) {
  const thread = threadOf(raw);
  const records = messages.map((message) => decoded(hostaway.MessageRecord, message));
  const documents = assignTimestamps(records, null, thread.fallbackTime).map((placed) =>
    toMessage(placed, thread),
  );
  const tally = emptyTally();
  for (const document of documents) addToTally(tally, document);
  return { conversation: toConversation(thread, tally), messages: documents };
}

/** What each payload becomes. Messages from elsewhere are put into the documented conversation. */
const CASES: Readonly<Record<string, () => unknown>> = {
  "recorded-listings-page.masked": () =>
    items("recorded-listings-page.masked").map((raw) =>
      toListing(decoded(hostaway.ListingRecord, raw), ACCOUNT),
    ),
  "docs-listing": () => toListing(decoded(hostaway.ListingRecord, read("docs-listing")), ACCOUNT),
  "recorded-reservations-page.masked": () =>
    items("recorded-reservations-page.masked").map((raw) =>
      toReservation(decoded(hostaway.ReservationRecord, raw), ACCOUNT),
    ),
  "docs-reservation": () =>
    toReservation(decoded(hostaway.ReservationRecord, read("docs-reservation")), ACCOUNT),
  "recorded-conversations-page.masked": () =>
    items("recorded-conversations-page.masked").map((raw) => conversationOf(raw).conversation),
  "docs-conversation": () => conversationOf(read("docs-conversation"), [read("docs-conversation-message")]),
  "sdk-laravel": () =>
    conversationOf(
      read("sdk-laravel-conversation.masked", "result.0"),
      items("sdk-laravel-messages-page.masked"),
    ),
  "webhook-messages": () =>
    conversationOf(read("docs-conversation"), [
      read("webhook-message-received-bookingcom", "data"),
      read("webhook-legacy-conversation-message-bare"),
    ]).messages,
};

test.each(Object.keys(CASES))("%s becomes the documents a person would expect", (name) => {
  const golden = `test/golden/${name}.json`;
  const actual = `${EJSON.stringify(CASES[name]?.(), undefined, 2, { relaxed: true })}\n`;

  if (process.env["UPDATE_GOLDEN"]) writeFileSync(golden, actual);

  expect(existsSync(golden)).toBe(true);
  expect(actual).toBe(readFileSync(golden, "utf8"));
});

test("P10: nothing that a payload calls a code, a password or a card reaches a document", () => {
  const secrets = new Set<string>();
  const collect = (value: unknown, key = ""): void => {
    if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) collect(inner, name);
    } else if (
      /^(cc|cvc|doorCode|doorSecurityCode|wifi|stripe|braintree)/i.test(key) &&
      String(value).length >= 4
    ) {
      secrets.add(String(value));
    }
  };
  for (const name of [
    "recorded-conversations-page.masked",
    "recorded-listings-page.masked",
    "docs-listing",
  ]) {
    collect(read(name));
  }
  collect(read("recorded-reservations-page.masked"));
  collect(read("docs-reservation"));
  secrets.delete("null");

  const documents = Object.keys(CASES).map((name) => readFileSync(`test/golden/${name}.json`, "utf8"));

  expect(secrets.size).toBeGreaterThan(3);
  for (const secret of secrets) {
    for (const document of documents) expect(document).not.toContain(`"${secret}"`);
  }
});
