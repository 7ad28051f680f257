import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Conversation } from "../../src/domain/conversation.ts";
import { Listing } from "../../src/domain/listing.ts";
import { Message } from "../../src/domain/message.ts";
import { Reservation } from "../../src/domain/reservation.ts";
import { createAccount } from "../../src/simulator/account.ts";
import type { MessageFacts } from "../../src/simulator/facts.ts";
import { expectedMessages } from "../../src/simulator/oracle/message.ts";
import { checkSimulatorOptions, type Simulator } from "../../src/simulator/simulator.ts";
import type { Entry } from "../../src/simulator/world/world.ts";
import { type Client, calm, type Item, moment, signIn } from "./support.ts";

let simulator: Simulator;
let client: Client;
let raw: Map<string, Item>;
let expected: Message[];

beforeAll(async () => {
  simulator = await calm({ conversations: 240, listings: 25, seed: 11 });
  simulator.advance(5 * 86_400_000);
  client = await signIn(simulator);
  raw = new Map();
  for (const { id } of await client.all("/conversations"))
    for (const message of await client.all(`/conversations/${id}/messages?includeScheduledMessages=1`))
      raw.set(String(message.id), message);
  expected = [...simulator.oracle.messages()];
});
afterAll(() => simulator.close());

const rawOf = (message: Message) => raw.get(message.message_id) as Item;

test("knows exactly the messages the API serves", () => {
  expect(expected.map((message) => message.message_id).sort()).toEqual([...raw.keys()].sort());
  expect(simulator.oracle.counts().messages).toBe(raw.size);
});

test("documents have the shape of the stored ones, key for key", () => {
  for (const message of expected) expect(Message.strict().safeParse(message).error).toBeUndefined();
  for (const item of simulator.oracle.conversations())
    expect(Conversation.strict().safeParse(item).error).toBeUndefined();
  for (const item of simulator.oracle.reservations())
    expect(Reservation.strict().safeParse(item).error).toBeUndefined();
  for (const item of simulator.oracle.listings())
    expect(Listing.strict().safeParse(item).error).toBeUndefined();
});

test("direction, status, conversation and plain bodies agree with the payloads", () => {
  const expectedFacts = expected.map((message) => [
    message.direction === "incoming",
    message.source_status,
    message.conversation_id,
    message.sender.type === "automation",
    message.content_html ?? message.content,
  ]);

  expect(expectedFacts).toEqual(
    expected
      .map(rawOf)
      .map((item) => [
        item["isIncoming"] === 1,
        item["status"],
        String(item["conversationId"]),
        item["communicationId"] !== null,
        item["body"],
      ]),
  );
});

test("the text of an HTML body is what a reader sees: no tags, no entities, plain spaces", () => {
  const html = expected.filter((message) => message.content_html !== undefined);

  expect(html.length).toBeGreaterThan(100);
  expect(html.filter(({ content, content_html: body }) => content !== readHtml(String(body)))).toEqual([]);
  expect(
    html.filter(({ content_html: body }) => /&(?!(nbsp|amp|lt|gt|quot|#39);)/.test(String(body))),
  ).toEqual([]);
  expect(html.some(({ content }) => /[&<'"]/.test(content))).toBe(true);
});

const CHARACTERS: Record<string, string> = { nbsp: " ", amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** Undoes the few things the simulator's HTML is made of. */
function readHtml(body: string): string {
  const paragraphs = body.split(/<\/p>\s*<p>/).map((paragraph) =>
    paragraph
      .replace(/<\/?p>/g, "")
      .replace(/<br\s*\/?>/g, "\n")
      .replace(/&([#\w]+);/g, (entity, name: string) => CHARACTERS[name] ?? entity)
      .trim(),
  );
  return paragraphs.join("\n\n");
}

test("links are kept of public attachments only, old image links never", () => {
  const files = expected.flatMap((message) =>
    message.attachments.map((file) => ({ file, raw: rawOf(message) })),
  );

  expect(files.some(({ file }) => file.is_public === true)).toBe(true);
  expect(files.some(({ file }) => file.is_public === false)).toBe(true);
  for (const { file, raw: item } of files) {
    expect(file.url === null).toBe(file.is_public !== true);
    expect(JSON.stringify([item["attachments"], item["imagesUrls"]])).toContain(file.url ?? file.name);
  }
});

describe("the timestamp", () => {
  test("is the first date of a message that can be read", () => {
    for (const message of expected) {
      const item = rawOf(message);
      const dates = ["sentChannelDate", "date", "insertedOn", "updatedOn"].map((key) => moment(item[key]));
      const first = dates.findIndex((date) => date > 0);
      const sources = ["sent_channel_date", "date", "inserted_on", "updated_on"];
      expect(message.timestamp_source).toBe(sources[first] ?? "retrieved");
      if (first >= 0) expect(message.timestamp.getTime()).toBe(dates[first]);
    }
  });

  test("of a message without any is that of its newer neighbour, else of its older one", () => {
    const undated = expected.filter((message) => message.timestamp_source === "retrieved");

    expect(undated.length).toBeGreaterThan(0);
    for (const message of undated) {
      const thread = simulator.oracle.messagesOf(message.conversation_id);
      const at = thread.findIndex((other) => other.message_id === message.message_id);
      const dated = (other: Message) => other.timestamp_source !== "retrieved";
      const neighbour = thread.slice(0, at).findLast(dated) ?? thread.slice(at).find(dated);
      if (neighbour) expect(message.timestamp).toEqual(neighbour.timestamp);
    }
  });

  test("is told in local time too, half hours and summer time included", () => {
    const zones = new Set(expected.map((message) => message.timezone));
    for (const zone of ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Madrid", null])
      expect(zones).toContain(zone);
    for (const { timezone, local_timestamp: local, timestamp } of expected) {
      if (timezone === null) {
        expect(local).toBeNull();
        continue;
      }
      const parts = new Intl.DateTimeFormat("en-GB", {
        timeZone: timezone,
        dateStyle: "short",
        timeStyle: "medium",
      }).format(timestamp);
      const [, day, month, year, time] = /^(\d\d)\/(\d\d)\/(\d{4}), (.*)$/.exec(parts) ?? [];
      expect(local).toBe(`${year}-${month}-${day}T${time}`);
    }
  });
});

describe("a message's own words are kept as its payload has them:", () => {
  test("its channel number, even when it names none", () => {
    const channels = expected.map((message) => message.source_channel_id);

    expect(channels).toEqual(expected.map(rawOf).map((item) => item["channelId"]));
    expect(channels).toEqual(expect.arrayContaining([null, 2018]));
  });

  test("its listing, as text", () => {
    expect(expected.map((message) => message.source_listing_id)).toEqual(
      expected.map(rawOf).map((item) => String(item["listingMapId"])),
    );
  });

  test("its time zone, even when there is none of that name", () => {
    const zones = expected.map((message) => message.source_timezone);

    expect(zones).toEqual(expected.map(rawOf).map((item) => item["listingTimeZoneName"]));
    expect(zones).toEqual(expect.arrayContaining(["Mars/Phobos", "Europe/Madrid"]));
  });

  test.each([null, "", "  "])("a time zone that is %j is none", (zone) => {
    const { world } = createAccount(checkSimulatorOptions({ conversations: 20 }));
    const entry = world.entries.find((one) => world.messages(one).length > 0) as Entry;
    const [message] = world.messages(entry) as [MessageFacts];
    const booking = world.booking(entry);
    const listing = world.listing(booking.listingId);
    const thread = { booking, listing, marks: entry.marks, accountId: "1", namedListingId: "1" };

    const [stored] = expectedMessages({ ...thread, messages: [{ ...message, zone }] });

    expect(stored?.source_timezone).toBeNull();
  });
});

test.each([false, true])("a conversation names the listing its payload shows (quirk: %s)", async (quirk) => {
  await using other = await calm({ listingMapIdQuirk: quirk });
  const visitor = await signIn(other);
  const shown = (await visitor.all("/conversations")).map((item) => [
    String(item.id),
    String(item["listingMapId"]),
  ]);

  const named = [...other.oracle.conversations()].map((item) => [
    item.conversation_id,
    item.source_listing_id,
  ]);

  expect(named.sort()).toEqual(shown.sort());
  expect(named.some(([, listing]) => listing === other.accountId)).toBe(quirk);
  for (const item of other.oracle.conversations()) expect(item.property.id).not.toBe(other.accountId);
});

test("prices, days and names are those of the reservation list", async () => {
  const listed = new Map((await client.all("/reservations")).map((item) => [String(item.id), item]));
  const expectedOnes = [...simulator.oracle.reservations()];

  expect(expectedOnes).toHaveLength(listed.size);
  for (const one of expectedOnes) {
    const item = listed.get(one.reservation_id) as Item;
    expect(String(one.price)).toBe(String(item["totalPrice"]));
    expect(one.arrival_date?.toISOString().slice(0, 10)).toBe(item["arrivalDate"]);
    expect(one.source_updated_at?.getTime()).toBe(moment(item["updatedOn"]));
    expect(one.status).toBe(item["status"]);
    expect(one.guest.name).toBe(
      [".", ""].includes(String(item["guestName"]).trim()) ? null : String(item["guestName"]).trim(),
    );
  }
});

test("no relay address ever stands where the guest's own belongs", () => {
  const guests = [...simulator.oracle.conversations(), ...simulator.oracle.reservations()].map(
    (item) => item.guest,
  );

  expect(guests.some((guest) => guest.email !== null)).toBe(true);
  for (const guest of guests) expect(guest.email ?? "").not.toContain("hostaway.info");
});

test("a guest's country comes from the country, the phone or the locale, in that order, or from nowhere", () => {
  const sources = new Set([...simulator.oracle.conversations()].map((item) => item.guest.nationality_source));

  expect(sources).toEqual(new Set(["guest_country", "phone", "locale", null]));
});

test("name tokens are words without diacritics, each once", () => {
  const tokens = [...simulator.oracle.conversations()].map((item) => item.name_tokens);

  expect(tokens).toContainEqual(["goncalo", "goncalves"]);
  for (const words of tokens) {
    expect(new Set(words).size).toBe(words.length);
    for (const word of words) expect(word).toMatch(/^[\p{L}\p{N}]+$/u);
  }
});

test("a conversation adds up its messages; scheduled ones are no activity", () => {
  for (const conversation of simulator.oracle.conversations()) {
    const thread = simulator.oracle.messagesOf(conversation.conversation_id);
    const { total, incoming, outgoing, automated } = conversation.message_counts;
    expect([total, incoming + outgoing]).toEqual([thread.length, thread.length]);
    expect(automated).toBeLessThanOrEqual(outgoing);
    const happened = thread.filter((message) => message.delivery_status !== "scheduled");
    const times = happened.map((message) => message.timestamp.getTime());
    expect(conversation.last_message_at?.getTime()).toBe(times.length === 0 ? undefined : Math.max(...times));
    expect(conversation.channels).toEqual([...new Set(thread.map((message) => message.channel))].sort());
  }
});

test("no canary is in any expected document", () => {
  const all = [
    simulator.oracle.messages(),
    simulator.oracle.conversations(),
    simulator.oracle.reservations(),
    simulator.oracle.listings(),
  ];

  for (const documents of all) expect(JSON.stringify([...documents])).not.toMatch(/canary/i);
});

/** Node's own, which is there without being asked for on the command line. */
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

test("reading all expected messages of a large account takes no memory worth speaking of", async () => {
  await using large = await calm({ conversations: 3000 });
  const sizes: number[] = [];
  let count = 0;
  const collect = garbageCollector();
  for (const _ of large.oracle.messages()) {
    if (++count % 6000 !== 0) continue;
    collect();
    sizes.push(process.memoryUsage().heapUsed / 1e6);
  }

  expect(count).toBeGreaterThan(30_000);
  const [first = 0, last = 0] = [sizes[0], sizes.at(-1)];
  expect(last - first).toBeLessThan(20); // held in memory, they would take more than 100 MB
});
