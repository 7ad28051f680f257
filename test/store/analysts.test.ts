import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Db, type Document, MongoClient } from "mongodb";
import type { Conversation } from "../../src/domain/conversation.ts";
import type { Message } from "../../src/domain/message.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { ensureViews } from "../../src/store/ensure-views.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { V_CONVERSATION_FACTS, V_DAILY_VOLUME, V_MESSAGES, VIEWS } from "../../src/store/view-pipelines.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { askAsAnalyst, EXAMPLE, examplesOf, rowsForAnalyst } from "../support/mongosh.ts";
import { differencesFrom } from "../support/oracle.ts";
import { syncOnce } from "../support/run.ts";
import { isSent } from "../support/sent.ts";

const MADE = { conflicts: [], failures: [] };

const PAGE = "docs/analysts.md";
const DAY_MS = 86_400_000;

/** The account of `npm run demo`, as it is in Hostaway when the demo ends. */
let simulator: Simulator;
let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await openTestDatabase();
  db = database.db;
  simulator = await startSimulator({ seed: 5, conversations: 80, rateLimit: "off", tokenGraceMs: 0 });
  await ensureSchema(db);
  await ensureViews(db);
  await syncOnce(simulator, database);
  simulator.advance(DAY_MS);
  // All of it once more: an edit may show no sign, and which conversations are swept is not for ever the same.
  await syncOnce(simulator, database, { env: { SYNC_SWEEP_DAYS: "1" } });
  expect(await differencesFrom(simulator.oracle, db)).toEqual({});
});
afterAll(async () => {
  await simulator.close();
  await database.close();
});

const rowsOf = (view: string, filter: Document = {}) =>
  db.collection(view).find(filter).toArray() as Promise<Document[]>;

describe("the page for analysts", () => {
  const examples = examplesOf(readFileSync(PAGE, "utf8"));

  beforeAll(async () => {
    if (!process.env["UPDATE_GOLDEN"]) return;
    const answers: string[] = [];
    for (const { query } of examples) answers.push(await askAsAnalyst(db, query));
    const page = readFileSync(PAGE, "utf8").replace(
      EXAMPLE,
      (_, query: string) => `\`\`\`js\n${query}\`\`\`\n\n\`\`\`text\n${answers.shift() ?? ""}\`\`\``,
    );
    writeFileSync(PAGE, page);
  });

  test("asks ten questions, and shows how to filter first", () => {
    const questions = readFileSync(PAGE, "utf8").match(/^### \d+\. /gm);

    expect(questions).toHaveLength(10);
    expect(examples).toHaveLength(11);
  });

  test.each(examples.map(({ query }, index) => [index + 1, query] as const))(
    "query %d gives the answer that is documented (UPDATE_GOLDEN=1 rewrites it)",
    async (number, query) => {
      const documented = examplesOf(readFileSync(PAGE, "utf8"))[number - 1]?.answer;

      expect(await askAsAnalyst(db, query)).toBe(documented);
      expect(documented).not.toBe("");
    },
  );

  test("gives the response times and the busy hours that the oracle gives", async () => {
    const messages = [...simulator.oracle.messages()];
    const facts = [...simulator.oracle.conversations()].map((conversation) => ({
      property: conversation.property.name,
      ...factsOf(conversation, messages),
    }));
    const minutesAt = (property: string) =>
      facts
        .filter((one) => one.property === property)
        .flatMap((one) => one.first_host_response_minutes ?? [])
        .sort((a, b) => a - b);
    const [times, shares, , , , , , hours] = await Promise.all(
      examples.map(({ query }) => rowsForAnalyst(db, query)),
    );

    expect(times).toHaveLength(simulator.oracle.counts().listings);
    for (const { property, answered, median, slowest } of times ?? []) {
      const minutes = minutesAt(property);
      expect({ answered, median, slowest }).toEqual({
        answered: minutes.length,
        median: minutes[Math.floor(minutes.length / 2)],
        slowest: minutes.at(-1),
      });
    }
    for (const { from_hour, guests, percent_within_an_hour } of shares ?? []) {
      const asked = facts.filter(
        (one) => Math.floor((one.first_guest_message_local_hour ?? -1) / 3) * 3 === from_hour,
      );
      const quick = asked.filter((one) => (one.first_host_response_minutes ?? Infinity) <= 60);
      expect(guests).toBe(asked.length);
      expect(Math.abs(percent_within_an_hour - (100 * quick.length) / asked.length)).toBeLessThanOrEqual(0.5);
    }
    for (const { local_hour, messages: counted } of hours ?? []) {
      const then = messages.filter(
        ({ direction, local_timestamp }) =>
          direction === "incoming" && Number(local_timestamp?.slice(11, 13)) === local_hour,
      );
      expect(counted).toBe(then.filter(isSent).length);
    }
  });

  test("names all columns of each view, and no others", async () => {
    const [introduction = "", messages = "", facts = "", volume = ""] = columnSections();
    const shared = columnsOf(introduction);

    expect([...shared, ...columnsOf(messages)].sort()).toEqual(await columnsIn(V_MESSAGES.name));
    expect([...shared, ...columnsOf(facts)].sort()).toEqual(await columnsIn(V_CONVERSATION_FACTS.name));
    expect(columnsOf(volume).sort()).toEqual(await columnsIn(V_DAILY_VOLUME.name));
  });

  const columnSections = () =>
    readFileSync(PAGE, "utf8")
      .split(/^## /m)
      .find((section) => section.startsWith("The columns"))
      ?.split(/^### /m) ?? [];

  /** The words in the first cells of a table. */
  const columnsOf = (section: string) =>
    [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, column = ""]) => column),
    );

  const columnsIn = async (view: string) => {
    const rows = await rowsOf(view);
    const columns = rows.map((row) => Object.keys(row).sort());
    // The same columns in every row: a table.
    expect(new Set(columns.map(String)).size).toBe(1);
    return columns[0] ?? [];
  };
});

/** The facts once more, from the oracle and in plain TypeScript. */
const byThread = (a: Message, b: Message) =>
  a.timestamp.getTime() - b.timestamp.getTime() || Number(a.message_id) - Number(b.message_id);
const isoDay = (moment: Date) => moment.toISOString().slice(0, 10);
const localDay = ({ local_timestamp }: Message) => local_timestamp?.slice(0, 10) ?? null;

function minutesBetween(from: Message | undefined, to: Message | undefined): number | null {
  return from && to ? tenths(to.timestamp.getTime() - from.timestamp.getTime()) : null;
}
function tenths(ms: number): number {
  return Math.floor(ms / 6_000) / 10;
}

function factsOf({ conversation_id, reservation }: Conversation, messages: readonly Message[]) {
  const thread = messages
    .filter((message) => message.conversation_id === conversation_id && isSent(message))
    .sort(byThread);
  const by = (type: string) => thread.filter((message) => message.sender.type === type);
  const firstGuest = thread.find((message) => message.sender.type === "guest");
  const after = firstGuest ? thread.slice(thread.indexOf(firstGuest) + 1) : [];
  const firstHost = after.find((message) => message.sender.type === "host");
  const firstReply = after.find((message) => message.sender.type !== "guest");
  const outgoing = by("host").length + by("automation").length;
  const { longest, since } = waitsIn(thread);
  const departure = reservation?.departure_date ? isoDay(reservation.departure_date) : null;
  const last = thread.at(-1);
  return {
    reservation_id: reservation?.id ?? null,
    timezone: thread.find((message) => message.timezone)?.timezone ?? null,
    channels: [...new Set(thread.map((message) => message.channel))].sort(),
    messages: thread.length,
    guest_messages: by("guest").length,
    host_messages: by("host").length,
    automated_messages: by("automation").length,
    automated_share: outgoing === 0 ? null : by("automation").length / outgoing,
    first_guest_message_at: firstGuest?.timestamp ?? null,
    first_guest_message_local_hour: firstGuest?.local_timestamp
      ? Number(firstGuest.local_timestamp.slice(11, 13))
      : null,
    first_host_reply_at: firstHost?.timestamp ?? null,
    first_host_response_minutes: minutesBetween(firstGuest, firstHost),
    first_reply_at: firstReply?.timestamp ?? null,
    first_response_minutes: minutesBetween(firstGuest, firstReply),
    longest_wait_minutes: longest,
    unanswered: since !== null,
    waiting_since: since,
    last_message_at: last?.timestamp ?? null,
    last_message_by: last?.sender.type ?? null,
    guest_messages_after_checkout:
      departure === null
        ? null
        : by("guest").filter((message) => (localDay(message) ?? isoDay(message.timestamp)) > departure)
            .length,
  };
}

/** Cuts the thread at each message of a person; in a piece, the guest waits from the first message on. */
function waitsIn(thread: readonly Message[]): { longest: number | null; since: Date | null } {
  const pieces: Message[][] = [[]];
  const waits: number[] = [];
  for (const message of thread) {
    if (message.sender.type === "guest") pieces.at(-1)?.push(message);
    if (message.sender.type !== "host") continue;
    const wait = minutesBetween(pieces.at(-1)?.[0], message);
    if (wait !== null) waits.push(wait);
    pieces.push([]);
  }
  return {
    longest: waits.length > 0 ? Math.max(...waits) : null,
    since: pieces.at(-1)?.[0]?.timestamp ?? null,
  };
}

describe("the views agree with the oracle", () => {
  test("v_conversation_facts: every fact of every conversation", async () => {
    const messages = [...simulator.oracle.messages()];
    const conversations = [...simulator.oracle.conversations()];
    const rows = new Map((await rowsOf("v_conversation_facts")).map((row) => [row["conversation_id"], row]));

    expect(rows.size).toBe(conversations.length);
    for (const conversation of conversations)
      expect(rows.get(conversation.conversation_id)).toMatchObject(factsOf(conversation, messages));
  });

  test("the demo account has what the facts are about", async () => {
    const some = async (filter: Document) => (await rowsOf("v_conversation_facts", filter)).length;

    expect(await some({ $expr: { $lt: ["$first_reply_at", "$first_host_reply_at"] } })).toBeGreaterThan(0);
    expect(await some({ first_guest_message_at: null })).toBeGreaterThan(0);
    expect(await some({ unanswered: true, last_message_by: "automation" })).toBeGreaterThan(0);
    expect(await some({ guest_messages_after_checkout: { $gt: 0 } })).toBeGreaterThan(0);
    expect((await rowsOf("v_messages", { is_sent: false })).length).toBeGreaterThan(0);
    expect(
      await some({ $expr: { $gt: ["$longest_wait_minutes", "$first_host_response_minutes"] } }),
    ).toBeGreaterThan(0);
  });

  test("v_messages: every message, with its days and its hour", async () => {
    const expected = [...simulator.oracle.messages()].map((message) => ({
      message_id: message.message_id,
      utc_day: new Date(isoDay(message.timestamp)),
      local_day: new Date(localDay(message) ?? "none"),
      local_hour: Number(message.local_timestamp?.slice(11, 13)),
      local_weekday: new Date(`${localDay(message)}T12:00:00Z`).getUTCDay() || 7,
      is_sent: isSent(message),
      content: message.content,
      sender_type: message.sender.type,
      property_id: message.property.id,
      guest_nationality: message.guest.nationality,
      reservation_id: message.reservation?.id ?? null,
      days_since_departure: daysSince(message.reservation?.departure_date, localDay(message)),
    }));
    const rows = await rowsOf("v_messages");

    const byId = (a: Document, b: Document) => Number(a["message_id"]) - Number(b["message_id"]);
    expect(rows.sort(byId)).toMatchObject(expected.sort(byId));
  });

  test("v_daily_volume: every day's sums, in UTC and at the property", async () => {
    const key = (row: Document) =>
      [row["property_id"], row["platform"], row["channel"], row["guest_nationality"]]
        .concat([row["utc_day"], row["local_day"]].map((day: Date) => isoDay(day)))
        .join(" ");
    const expected = new Map<string, { by_guest: number; by_host: number; by_automation: number }>();
    for (const message of [...simulator.oracle.messages()].filter(isSent)) {
      const { property, platform, channel, guest, timestamp } = message;
      const parts = [property.id, platform, channel, guest.nationality, isoDay(timestamp), localDay(message)];
      const sums = expected.get(parts.join(" ")) ?? { by_guest: 0, by_host: 0, by_automation: 0 };
      sums[`by_${message.sender.type}`] += 1;
      expected.set(parts.join(" "), sums);
    }
    const rows = new Map((await rowsOf("v_daily_volume")).map((row) => [key(row), row]));

    expect([...rows.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [day, sums] of expected) {
      const { by_guest, by_host, by_automation } = sums;
      expect(rows.get(day)).toMatchObject({
        ...sums,
        incoming: by_guest,
        outgoing: by_host + by_automation,
        messages: by_guest + by_host + by_automation,
      });
    }
  });
});

function daysSince(from: Date | null | undefined, day: string | null): number | null {
  return from && day ? (Date.parse(day) - from.getTime()) / DAY_MS : null;
}

describe("in a database of one's own", () => {
  let own: TestDatabase;
  beforeAll(async () => {
    own = await openTestDatabase();
    await ensureSchema(own.db);
    await ensureViews(own.db);
    await own.db.collection("messages").insertMany(await db.collection("messages").find().toArray());
    await own.db
      .collection("conversations")
      .insertMany(await db.collection("conversations").find().toArray());
  });
  afterAll(() => own.close());

  test("what is marked as deleted is in no view, and in no fact", async () => {
    const answered = await own.db
      .collection("v_conversation_facts")
      .findOne({ first_host_reply_at: { $ne: null }, host_messages: { $gt: 1 } });
    const conversation_id = String(answered?.["conversation_id"]);
    const conversation = simulator.oracle.conversation(conversation_id);
    if (!conversation) throw new Error("no such conversation");
    const messages = simulator.oracle.messagesOf(conversation_id);
    const [reply] = messages
      .filter((one) => one.timestamp.getTime() === answered?.["first_host_reply_at"]?.getTime())
      .filter((one) => one.sender.type === "host");
    const deleted_at = new Date();
    const read = (view: string, filter: Document) => own.db.collection(view).find(filter).toArray();
    const volume = async () =>
      (await read("v_daily_volume", {})).reduce((sum, { messages }) => sum + Number(messages), 0);
    const before = await volume();

    await own.db
      .collection("messages")
      .updateOne({ message_id: reply?.message_id }, { $set: { deleted_at } });

    expect(await read("v_messages", { message_id: reply?.message_id })).toEqual([]);
    expect(await volume()).toBe(before - 1);
    const rest = messages.filter((message) => message !== reply);
    const [facts] = await read("v_conversation_facts", { conversation_id });
    expect(facts).toMatchObject(factsOf(conversation, rest));
    expect(facts?.["first_host_reply_at"]).not.toEqual(answered?.["first_host_reply_at"]);

    await own.db.collection("conversations").updateOne({ conversation_id }, { $set: { deleted_at } });

    expect(await read("v_conversation_facts", { conversation_id })).toEqual([]);
  });

  test("messages in the same second are in the order of their ids, as numbers", async () => {
    const question = simulator.oracle.messagesOf("40000229").find((one) => one.sender.type === "guest");
    const timestamp = new Date("2026-06-15T08:00:00Z");
    const write = (message_id: string, type: "guest" | "host") => ({
      ...question,
      message_id,
      conversation_id: "7",
      timestamp,
      sender: { type, name: null },
      direction: type === "guest" ? "incoming" : "outgoing",
    });
    const raw = { bypassDocumentValidation: true };
    await own.db
      .collection("conversations")
      .insertOne({ ...simulator.oracle.conversation("40000229"), conversation_id: "7" }, raw);
    await own.db
      .collection("messages")
      .insertMany([write("10", "host"), write("9", "guest"), write("8", "host")], raw);

    const facts = await own.db.collection("v_conversation_facts").findOne({ conversation_id: "7" });

    expect(facts).toMatchObject({ last_message_by: "host", unanswered: false, longest_wait_minutes: 0 });
  });

  test("what is not known is null, not missing: no reservation, no time zone, nothing written", async () => {
    const raw = { bypassDocumentValidation: true };
    const [message] = simulator.oracle.messagesOf("40000229");
    const unknown = { reservation: null, local_timestamp: null, timezone: null };
    await own.db
      .collection("messages")
      .insertOne({ ...message, ...unknown, message_id: "11", conversation_id: "8" }, raw);
    await own.db
      .collection("conversations")
      .insertOne({ ...simulator.oracle.conversation("40000229"), conversation_id: "9", ...unknown }, raw);

    const nowhere = await own.db.collection("v_messages").findOne({ message_id: "11" });
    const [known = {}] = await rowsOf("v_messages");
    expect(Object.keys(nowhere ?? {}).sort()).toEqual(Object.keys(known).sort());
    expect(nowhere).toMatchObject({ local_day: null, local_hour: null, local_weekday: null, nights: null });

    const silent = await own.db.collection("v_conversation_facts").findOne({ conversation_id: "9" });
    const [spoken = {}] = await rowsOf("v_conversation_facts");
    expect(Object.keys(silent ?? {}).sort()).toEqual(Object.keys(spoken).sort());
    expect(silent).toMatchObject({
      messages: 0,
      channels: [],
      unanswered: false,
      automated_share: null,
      first_response_minutes: null,
      last_message_by: null,
      guest_messages_after_checkout: null,
    });
  });
});

describe("ensureViews", () => {
  let own: TestDatabase;
  beforeAll(async () => {
    own = await openTestDatabase();
  });
  afterAll(() => own.close());

  const definitionOf = async (name: string) => (await own.db.listCollections({ name }).toArray())[0];
  const empty = async () => await own.db.dropDatabase();

  test("makes them once, and changes nothing after that", async () => {
    await empty();
    expect(await Promise.all([ensureViews(own.db), ensureViews(own.db)])).toEqual([MADE, MADE]);
    const commands: string[] = [];
    const watched = await MongoClient.connect(own.uri, { monitorCommands: true });
    watched.on("commandStarted", ({ commandName }) => commands.push(commandName));

    expect(await ensureViews(watched.db(own.name))).toEqual(MADE);
    await watched.close();

    expect(new Set(commands)).toEqual(new Set(["listCollections", "endSessions"]));
    for (const { name, viewOn, pipeline } of VIEWS)
      expect(await definitionOf(name)).toMatchObject({ type: "view", options: { viewOn, pipeline } });
  });

  test("replaces a view of ours that another version made, if only the order of keys is another", async () => {
    await empty();
    const { name, viewOn, pipeline } = V_MESSAGES;
    const backwards = pipeline.map((stage) =>
      "$project" in stage
        ? { $project: Object.fromEntries(Object.entries(stage["$project"]).reverse()) }
        : stage,
    );
    await own.db.createCollection(name, { viewOn, pipeline: backwards });

    expect(await ensureViews(own.db)).toEqual(MADE);

    const held = await definitionOf(name);
    expect(JSON.stringify(held && "options" in held ? held.options?.["pipeline"] : null)).toBe(
      JSON.stringify(pipeline),
    );
  });

  test("reports a collection or somebody else's view of the same name, and leaves both alone", async () => {
    await empty();
    await own.db.collection("v_messages").insertOne({ theirs: true });
    const theirs = [{ $match: { $comment: "theirs" } }];
    await own.db.createCollection("v_daily_volume", { viewOn: "listings", pipeline: theirs });

    expect(await ensureViews(own.db)).toEqual({
      failures: [],
      conflicts: [
        { view: "v_messages", heldBy: "collection" },
        { view: "v_daily_volume", heldBy: "view" },
      ],
    });

    expect(await own.db.collection("v_messages").countDocuments({ theirs: true })).toBe(1);
    expect(await definitionOf("v_daily_volume")).toMatchObject({
      options: { viewOn: "listings", pipeline: theirs },
    });
    expect(await definitionOf("v_conversation_facts")).toMatchObject({ type: "view" });
  });
});

describe("a filter in front of a view's own steps uses an index", () => {
  const since = new Date("2026-06-12");
  const FILTERS: readonly (readonly [view: string, filter: Document, index: string])[] = [
    [V_MESSAGES.name, { account_id: "10001" }, "account_id_1_timestamp_1"],
    [V_MESSAGES.name, { account_id: "10001", timestamp: { $gte: since } }, "account_id_1_timestamp_1"],
    [V_MESSAGES.name, { "property.id": "20003", timestamp: { $gte: since } }, "property.id_1_timestamp_1"],
    [V_DAILY_VOLUME.name, { account_id: "10001" }, "account_id_1_timestamp_1"],
    [V_DAILY_VOLUME.name, { "property.id": "20003" }, "property.id_1_timestamp_1"],
    [V_DAILY_VOLUME.name, { "guest.nationality": "FR" }, "guest.nationality_1_timestamp_1"],
    [V_CONVERSATION_FACTS.name, { account_id: "10001" }, "account_id_1_last_message_at_1"],
    [
      V_CONVERSATION_FACTS.name,
      { account_id: "10001", last_message_at: { $gte: since } },
      "account_id_1_last_message_at_1",
    ],
    [V_CONVERSATION_FACTS.name, { "reservation.id": "30000146" }, "reservation.id_1"],
    [V_CONVERSATION_FACTS.name, { "reservation.id": "30000146" }, "conversation_id_1_timestamp_1"],
  ];

  test.each(FILTERS)("%s by %j: %s", async (name, filter, index) => {
    const view = VIEWS.find((one) => one.name === name);
    const pipeline = [{ $match: filter }, ...(view?.pipeline ?? [])];

    const plan = await db.command({
      explain: { aggregate: view?.viewOn, pipeline, cursor: {} },
      // MongoDB names the index inside of a $lookup only when it has been carried out, and then in a list of its own.
      verbosity: "executionStats",
    });

    expect([...textsOf(plan, "indexName"), ...textsOf(plan, "indexesUsed")]).toContain(index);
    expect(textsOf(plan, "stage")).not.toContain("COLLSCAN");
  });
});

function textsOf(plan: unknown, field: string): string[] {
  if (typeof plan !== "object" || plan === null) return [];
  return Object.entries(plan).flatMap(([key, value]) => {
    if (key === field && typeof value === "string") return [value];
    if (key === field && Array.isArray(value)) return value.filter((one) => typeof one === "string");
    return textsOf(value, field);
  });
}
