import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Message } from "../../src/domain/message.ts";
import { type Criteria, MAX_PAGE_SIZE, type PagingOptions } from "../../src/query/criteria.ts";
import {
  conversationHistory,
  countMessages,
  type MessagePage,
  searchMessages,
} from "../../src/query/messages.ts";
import { SearchError } from "../../src/query/search-error.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { syncOnce } from "../support/run.ts";

let database: TestDatabase;
let simulator: Simulator;
let all: Message[];

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureSchema(database.db);
  simulator = await startSimulator({ seed: 52, conversations: 150, rateLimit: "off", tokenGraceMs: 0 });
  const [first, second] = [...simulator.oracle.conversations()];
  // A moment at which ten messages come, from two conversations: ties are in the order of their ids.
  const at = new Date(Date.parse("2026-06-01T08:00:00Z"));
  for (let index = 0; index < 5; index += 1)
    for (const one of [first, second])
      simulator.world.guestWrites(Number(one?.conversation_id), { text: `tie number ${index}`, at });
  simulator.world.guestWrites(Number(first?.conversation_id), { text: "Is the late check-out possible?" });
  simulator.world.guestWrites(Number(first?.conversation_id), { text: "We check the oven, and go out late" });
  await syncOnce(simulator, database);
  all = inOrder([...simulator.oracle.messages()]);
});
afterAll(async () => {
  await simulator.close();
  await database.close();
});

const inOrder = (messages: readonly Message[]) =>
  messages.toSorted(
    (a, b) => a.timestamp.getTime() - b.timestamp.getTime() || Number(a.message_id) - Number(b.message_id),
  );
const idsOf = (messages: readonly Message[]) => messages.map(({ message_id }) => message_id);
const search = (criteria: Criteria, page: PagingOptions = {}) =>
  searchMessages(database.db, simulator.accountId, criteria, page);

/** Page after page, to the end. */
async function everyPage(criteria: Criteria, page: PagingOptions = {}): Promise<Message[]> {
  const found: Message[] = [];
  let after: string | null = null;
  do {
    const next: MessagePage = await search(criteria, { ...page, ...(after !== null && { after }) });
    found.push(...next.messages);
    after = next.next;
  } while (after !== null);
  return found;
}

describe("a booking's history", () => {
  test("is everything that was said about it, and nothing else, in exact order: for every booking", async () => {
    const bookings = new Map<string, Message[]>();
    for (const message of all) {
      const id = message.reservation?.id ?? "";
      bookings.set(id, [...(bookings.get(id) ?? []), message]);
    }
    for (const [id, expected] of bookings) {
      const { messages, next } = await conversationHistory(database.db, simulator.accountId, id, {
        size: MAX_PAGE_SIZE,
      });
      expect({ id, found: idsOf(messages), next }).toEqual({ id, found: idsOf(expected), next: null });
    }
    // Among them messages without a date, which stand at their neighbour's time.
    expect(all.map(({ timestamp_source }) => timestamp_source)).toContain("retrieved");
  });
});

describe("pages", () => {
  test.each([1, 3, 7, 50])("of %i hold every message once, in order, ties included", async (size) => {
    const criteria = { from: new Date("2026-05-31T00:00:00Z"), to: new Date("2026-06-03T00:00:00Z") };
    const expected = all.filter(({ timestamp }) => timestamp >= criteria.from && timestamp < criteria.to);

    expect(idsOf(await everyPage(criteria, { size }))).toEqual(idsOf(expected));
    expect(idsOf(await everyPage(criteria, { size, order: "newest first" }))).toEqual(
      idsOf(expected.toReversed()),
    );
    expect(expected.length).toBeGreaterThan(30);
  });

  test("hold a moment of any number of messages", async () => {
    const at = new Date("2026-06-20T08:00:00Z");
    const [model] = await database.db.collection("messages").find().limit(1).toArray();
    const { _id: _, ...fields } = model ?? {};
    const crowd = Array.from({ length: 300 }, (_, index) => ({
      ...fields,
      message_id: `${98_000_000 + ((index * 7) % 300)}`,
      timestamp: at,
    }));
    await database.db.collection("messages").insertMany(crowd);

    const found = await everyPage({ from: at, to: new Date(at.getTime() + 1) }, { size: 40 });

    await database.db
      .collection("messages")
      .deleteMany({ message_id: { $in: crowd.map((one) => one.message_id) } });
    expect(idsOf(found)).toEqual(Array.from({ length: 300 }, (_, index) => `${98_000_000 + index}`));
  });

  test("stay right while messages arrive before and after them", async () => {
    const criteria = { from: new Date("2026-06-01T00:00:00Z") };
    const expected = all.filter(({ timestamp }) => timestamp >= criteria.from);
    const first = await search(criteria, { size: 20 });
    const [model] = await database.db.collection("messages").find().limit(1).toArray();
    const { _id: _, ...fields } = model ?? {};
    const late = ["2026-06-01T00:00:01Z", "2199-01-01T00:00:00Z"].map((time, index) => ({
      ...fields,
      message_id: `99999999${index}`,
      timestamp: new Date(time),
    }));
    await database.db.collection("messages").insertMany(late);

    const rest: Message[] = [];
    let after = first.next;
    while (after !== null) {
      const page: MessagePage = await search(criteria, { size: 20, after });
      rest.push(...page.messages);
      after = page.next;
    }
    await database.db
      .collection("messages")
      .deleteMany({ message_id: { $in: late.map((one) => one.message_id) } });

    expect(idsOf([...first.messages, ...rest])).toEqual([...idsOf(expected), "999999991"]);
  });
});

describe("each criterion finds what fits it, and nothing else", () => {
  const property = () => all[0]?.property.id ?? "";
  const conversation = () => all[5]?.conversation_id ?? "";
  const QUESTIONS: readonly (readonly [string, () => Criteria, (message: Message) => boolean])[] = [
    ["channels", () => ({ channels: ["email", "sms"] }), ({ channel }) => ["email", "sms"].includes(channel)],
    ["platforms", () => ({ platforms: ["airbnb"] }), ({ platform }) => platform === "airbnb"],
    ["direction", () => ({ direction: "incoming" }), ({ direction }) => direction === "incoming"],
    ["senders", () => ({ senders: ["automation"] }), ({ sender }) => sender.type === "automation"],
    ["property", () => ({ property: property() }), (message) => message.property.id === property()],
    [
      "conversation",
      () => ({ conversation: conversation() }),
      (message) => message.conversation_id === conversation(),
    ],
    [
      "all of them together",
      () => ({
        property: property(),
        direction: "outgoing",
        senders: ["host"],
        from: new Date("2026-01-01"),
      }),
      ({ property: { id }, direction, sender, timestamp }) =>
        id === property() &&
        direction === "outgoing" &&
        sender.type === "host" &&
        timestamp >= new Date("2026-01-01"),
    ],
  ];

  test.each(QUESTIONS)("%s", async (_, criteria, fits) => {
    const expected = all.filter(fits);

    expect(idsOf(await everyPage(criteria(), { size: 200 }))).toEqual(idsOf(expected));
    expect(await countMessages(database.db, simulator.accountId, criteria())).toBe(expected.length);
    expect(expected.length).toBeGreaterThan(0);
  });

  test("from a moment on, that moment included, and before another, that one not", async () => {
    const [from, to] = [all[20]?.timestamp ?? new Date(), all[40]?.timestamp ?? new Date()];
    const expected = all.filter(({ timestamp }) => timestamp >= from && timestamp < to);

    expect(idsOf(await everyPage({ from, to }))).toEqual(idsOf(expected));
    expect(expected.length).toBeGreaterThanOrEqual(10);
  });

  const wordsOf = ({ content }: Message) => content.toLowerCase().split(/[^\p{L}\p{N}]+/u);

  test.each([
    ["parking", (words: string[]) => words.includes("parking")],
    ["check late", (words: string[]) => words.includes("check") && words.includes("late")],
    [
      '"check out" late',
      (words: string[]) => / check out /.test(` ${words.join(" ")} `) && words.includes("late"),
    ],
    ["late -oven", (words: string[]) => words.includes("late") && !words.includes("oven")],
  ])("the words %j", async (text, fits) => {
    const expected = all.filter((message) => fits(wordsOf(message)));

    expect(idsOf(await everyPage({ text }))).toEqual(idsOf(expected));
    expect(expected.length).toBeGreaterThan(0);
  });

  test("what is gone from Hostaway, only when it is asked for", async () => {
    const gone = all[3]?.message_id ?? "";
    const messages = database.db.collection("messages");
    await messages.updateOne({ message_id: gone }, { $set: { deleted_at: new Date() } });
    const reservation = all[3]?.reservation?.id ?? "";

    expect(idsOf((await search({ reservation })).messages)).not.toContain(gone);
    expect(idsOf((await search({ reservation, deleted: true })).messages)).toContain(gone);
    await messages.updateOne({ message_id: gone }, { $unset: { deleted_at: "" } });
  });

  test("also without the index that answers it best", async () => {
    const reservation = all[0]?.reservation?.id ?? "";
    const expected = all.filter((message) => message.reservation?.id === reservation);
    const messages = database.db.collection("messages");
    await messages.dropIndex("reservation_ids_1_timestamp_1");

    const found = await search({ reservation });
    const count = await countMessages(database.db, simulator.accountId, { reservation });

    await ensureSchema(database.db);
    expect(idsOf(found.messages)).toEqual(idsOf(expected));
    expect(count).toBe(expected.length);
  });

  test("nothing of another account", async () => {
    expect(await searchMessages(database.db, "777", {})).toEqual({ messages: [], next: null });
  });
});

describe("a question that cannot be asked names the field, and never reaches the database as an operator", () => {
  const as = (value: unknown) => value as never;

  test.each([
    ["reservation", { reservation: as({ $gt: "" }) }],
    ["reservation", { reservation: "$where" }],
    ["conversation", { conversation: as({ $ne: null }) }],
    ["guest", { guest: as({ $regex: ".*" }) }],
    ["guest", { guest: "x".repeat(10_000) }],
    ["guest", { guest: "…!" }],
    ["guest", { guest: "a b c d e f g h i" }],
    ["text", { text: "x".repeat(501) }],
    ["text", { text: '"" -' }],
    ["from", { from: new Date(Number.NaN) }],
    ["from", { from: new Date("1969-12-31T00:00:00Z") }],
    ["to", { to: new Date("2200-01-01T00:00:00Z") }],
    ["channels", { channels: as(["pigeon"]) }],
    ["channels", { channels: [] }],
    ["platforms", { platforms: as("airbnb") }],
    ["direction", { direction: as("sideways") }],
    ["$where", as({ $where: "1" })],
  ] as [string, Criteria][])("%s", async (field, criteria) => {
    const error = await search(criteria).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(SearchError);
    expect(error).toMatchObject({ field });
    expect(String(error).length).toBeLessThan(300);
  });

  test.each([
    ["size", { size: 0 }],
    ["size", { size: 1_001 }],
    ["size", { size: 1.5 }],
    ["order", { order: as("by magic") }],
    ["after", { after: "" }],
    ["after", { after: "x".repeat(401) }],
    ["after", { after: Buffer.from('[1,"2","x"]').toString("base64url") }],
    ["after", { after: Buffer.from('{"$gt":""}').toString("base64url") }],
  ] as [string, PagingOptions][])("%s", async (field, page) => {
    await expect(search({}, page)).rejects.toMatchObject({ name: "SearchError", field });
  });

  test("a place that belongs to another question, or was changed", async () => {
    const { next } = await search({ direction: "incoming" }, { size: 5 });
    const after = next ?? "";
    const changed = Buffer.from(
      Buffer.from(after, "base64url")
        .toString()
        .replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
    ).toString("base64url");

    await expect(search({ direction: "outgoing" }, { after })).rejects.toMatchObject({ field: "after" });
    await expect(search({ direction: "incoming" }, { after, order: "newest first" })).rejects.toMatchObject({
      field: "after",
    });
    await expect(search({ direction: "incoming" }, { after: changed })).rejects.toMatchObject({
      field: "after",
    });
  });

  test.each(["(a+)+$", "$where", '{"$gt":""}', "\\", "[", "a.*b", "%", "'; drop"])(
    "text that looks like code (%j) is only text",
    async (text) => {
      const told = await search({ text }).catch((thrown: unknown) => thrown);
      if (told instanceof Error) expect(told).toBeInstanceOf(SearchError);
      const named = await search({ guest: text }).catch((thrown: unknown) => thrown);
      if (named instanceof Error) expect(named).toBeInstanceOf(SearchError);
    },
  );
});
