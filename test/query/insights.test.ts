import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Insights } from "../../src/domain/insights.ts";
import type { Message } from "../../src/domain/message.ts";
import { readInsights } from "../../src/query/insights.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { syncOnce } from "../support/run.ts";
import { isSent } from "../support/sent.ts";

let database: TestDatabase;
let simulator: Simulator;
let sent: Message[];

beforeAll(async () => {
  database = await openTestDatabase();
  simulator = await startSimulator({ seed: 9, conversations: 150, rateLimit: "off", tokenGraceMs: 0 });
  await ensureSchema(database.db);
  await syncOnce(simulator, database);
  sent = [...simulator.oracle.messages()].filter(isSent);
});
afterAll(async () => {
  await simulator.close();
  await database.close();
});

const running = new AbortController().signal;
const read = (months: number, more: { account?: string; now?: Date } = {}): Promise<Insights> =>
  readInsights(database.db, more.account ?? simulator.accountId, {
    now: more.now ?? new Date("2030-01-01"),
    months,
    signal: running,
  });

const monthOf = (at: Date) => at.toISOString().slice(0, 7);
const fromGuest = ({ sender }: Message) => sender.type === "guest";

/** How many there are of each. */
function countsBy<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1;
  return counts;
}

/** The same of what was read. */
function asCounts<T extends { readonly messages: number }>(
  rows: readonly T[],
  nameOf: (row: T) => string,
): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [nameOf(row), row.messages]));
}

test("all that was sent is counted once: by month and sender, way, nationality, hour of the week", async () => {
  const { months, ways, nationalities, hours } = await read(60);

  for (const sender of ["guest", "host", "automation"] as const)
    expect(
      Object.fromEntries(
        months.filter((one) => one[sender] > 0).map((one) => [monthOf(one.month), one[sender]]),
      ),
    ).toEqual(
      countsBy(
        sent.filter((one) => one.sender.type === sender),
        ({ timestamp }) => monthOf(timestamp),
      ),
    );
  expect(asCounts(ways, ({ platform, channel }) => `${platform} ${channel}`)).toEqual(
    countsBy(sent, ({ platform, channel }) => `${platform} ${channel}`),
  );
  expect(asCounts(nationalities, ({ nationality }) => `${nationality}`)).toEqual(
    countsBy(sent.filter(fromGuest), ({ guest }) => `${guest.nationality}`),
  );
  expect(asCounts(hours, ({ weekday, hour }) => `${weekday} ${hour}`)).toEqual(
    countsBy(
      sent.filter(fromGuest).filter(({ local_timestamp }) => local_timestamp !== null),
      ({ local_timestamp }) => {
        const at = new Date(`${local_timestamp}Z`);
        return `${at.getUTCDay() || 7} ${at.getUTCHours()}`;
      },
    ),
  );
});

test("months follow on each other without a gap, from the first message to the newest that was sent", async () => {
  const { months } = await read(60);
  const first = months[0]?.month ?? new Date(0);
  const days = sent.map(({ timestamp }) => timestamp.getTime());
  const names = months.map(({ month }) => monthOf(month));

  expect(names[0]).toBe(monthOf(new Date(Math.min(...days))));
  expect(names.at(-1)).toBe(monthOf(new Date(Math.max(...days))));
  for (const [index, { month }] of months.entries())
    expect(month).toEqual(new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + index)));
});

test("every conversation in which a guest wrote first in these months is there once, with its answer", async () => {
  const { contacts, months } = await read(2);
  const since = months[0]?.month ?? new Date(0);
  const ids = [...new Set(sent.map(({ conversation_id }) => conversation_id))];
  const expected = ids.flatMap((id) => {
    const thread = inOrder(sent.filter(({ conversation_id }) => conversation_id === id));
    const first = thread.find(fromGuest);
    if (!first || first.timestamp < since) return [];
    const after = thread.slice(thread.indexOf(first));
    const reply = after.find(({ sender }) => sender.type === "host");
    return [`${first.property.id} ${first.timestamp.toISOString()} ${minutesBetween(first, reply)}`];
  });

  expect(months).toHaveLength(2);
  expect(expected.length).toBeGreaterThan(20);
  expect(
    contacts
      .map(
        (one) =>
          `${one.property_id} ${one.first_guest_message_at.toISOString()} ${one.first_host_response_minutes}`,
      )
      .sort(),
  ).toEqual(expected.sort());
});

test("another account, what is scheduled, and what is yet to come are not in it", async () => {
  const until = new Date(Date.UTC(2026, 3, 10));
  const { months } = await read(60, { now: until });

  expect(monthOf(months.at(-1)?.month ?? new Date(0))).toBe("2026-04");
  expect(await read(12, { account: "99999" })).toEqual({
    months: [],
    ways: [],
    nationalities: [],
    hours: [],
    contacts: [],
  });
});

test("what was never sent is in no sum, and neither is what is gone", async () => {
  const messages = database.db.collection("messages");
  const [one, other] = sent.filter(fromGuest).filter(({ local_timestamp }) => local_timestamp !== null);
  const total = ({ hours, ways }: Insights) => [hours, ways].map((rows) => sumOf(rows));
  const before = total(await read(60));
  await messages.updateOne({ message_id: one?.message_id }, { $set: { delivery_status: "failed" } });
  await messages.updateOne({ message_id: other?.message_id }, { $set: { deleted_at: new Date() } });

  const after = total(await read(60));

  await messages.updateOne({ message_id: one?.message_id }, { $set: { delivery_status: "sent" } });
  await messages.updateOne({ message_id: other?.message_id }, { $unset: { deleted_at: "" } });
  expect(after).toEqual(before.map((sum) => sum - 2));
});

test("it tells how far it is, and ends between two months when it is stopped", async () => {
  const stop = new AbortController();
  const told: string[] = [];

  const reading = readInsights(database.db, simulator.accountId, {
    now: new Date("2030-01-01"),
    months: 12,
    signal: stop.signal,
    onProgress(done, months) {
      told.push(`${done} of ${months}`);
      if (done === 2) stop.abort(new Error("received SIGINT"));
    },
  });

  await expect(reading).rejects.toThrow("received SIGINT");
  expect(told).toEqual(["0 of 12", "1 of 12", "2 of 12"]);
});

function sumOf(rows: readonly { readonly messages: number }[]): number {
  return rows.reduce((sum, { messages }) => sum + messages, 0);
}

function inOrder(thread: readonly Message[]): Message[] {
  return thread.toSorted(
    (a, b) => a.timestamp.getTime() - b.timestamp.getTime() || Number(a.message_id) - Number(b.message_id),
  );
}

function minutesBetween(first: Message, reply: Message | undefined): number | null {
  return reply ? Math.floor((reply.timestamp.getTime() - first.timestamp.getTime()) / 6_000) / 10 : null;
}
