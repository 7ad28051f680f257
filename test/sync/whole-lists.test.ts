import { describe, expect, test } from "@jest/globals";
import { useTestAccount } from "../support/account.ts";
import { type Bending, startBentServer } from "../support/bent-server.ts";
import { type RunOptions, syncOnce } from "../support/run.ts";

const account = useTestAccount({ seed: 46, conversations: 120, messagesPerConversation: { min: 1, max: 3 } });

async function run(bending: Bending, options: RunOptions = {}) {
  await using server = await startBentServer(account.simulator.url, bending);
  return await syncOnce(account.simulator, account.database, {
    ...options,
    env: { ...options.env, HOSTAWAY_BASE_URL: server.url },
  });
}

const rowsOf = (envelope: Record<string, unknown>) => envelope["result"] as Record<string, unknown>[];
const isList = (envelope: Record<string, unknown>) => Array.isArray(envelope["result"]);

/** Cap 20, so that properties, bookings, conversations and long threads need more than one answer. */
const CAP = 20;
const HABITS: readonly (readonly [string, NonNullable<Bending["bend"]>])[] = [
  ["leaves everything out but the rows", ({ status, result }) => ({ status, result })],
  [
    "puts the answer's own number there",
    (one) => ({ status: "success", result: one["result"], count: rowsOf(one).length }),
  ],
  ["says 0", ({ result }) => ({ status: "success", result, count: 0 })],
  [
    "says its own number and repeats our limit",
    (one) => ({ status: "success", result: one["result"], count: rowsOf(one).length, limit: 500 }),
  ],
  [
    "says how many pages there are, and nothing else",
    ({ result, limit, count }) => ({
      status: "success",
      result,
      totalPages: Math.ceil(Number(count) / CAP),
      limit,
    }),
  ],
];

describe("P1: a server that gives fewer rows than were asked for", () => {
  test.each(HABITS)("and %s: the copy is whole, the first night and the next", async (_, bend) => {
    await account.simulate();
    const [conversation] = [...account.simulator.oracle.conversations()];
    for (let count = 0; count < 45; count += 1)
      account.simulator.world.guestWrites(Number(conversation?.conversation_id), {
        text: `message ${count}`,
      });
    const bending: Bending = {
      cap: CAP,
      bend: (envelope, path) => (isList(envelope) ? bend(envelope, path) : envelope),
    };

    const first = await run(bending);
    expect(first.status).toBe("succeeded");
    expect(await account.differences()).toEqual({});

    account.simulator.advance(24 * 60 * 60 * 1_000);
    expect((await run(bending, { env: { SYNC_SWEEP_DAYS: "1" } })).status).toBe("succeeded");
    expect(await account.differences()).toEqual({});
  });
});

/** One row comes twice, and so another one not at all; the count fits the rows. */
const doubling =
  (list: RegExp): Bending["bend"] =>
  (envelope, path) => {
    if (!list.test(path) || !isList(envelope)) return envelope;
    const rows = rowsOf(envelope);
    return rows.length < 3 ? envelope : { ...envelope, result: [...rows.slice(0, -1), rows.at(-2)] };
  };

describe("P1, P11: a list that shows a row twice and another one not", () => {
  test("is not called whole, and nothing is marked as deleted: conversations", async () => {
    await account.simulate();
    const bend = doubling(/^\/conversations$/);

    expect((await run({ bend })).status).not.toBe("succeeded");

    await syncOnce(account.simulator, account.database);
    expect(await account.differences()).toEqual({});
    for (let night = 0; night < 3; night += 1) expect((await run({ bend })).status).not.toBe("succeeded");
    expect(await account.differences()).toEqual({});
  });

  test("is not called whole, and nothing is marked as deleted: messages", async () => {
    await account.simulate();
    const bend = doubling(/\/messages$/);
    const env = { SYNC_SWEEP_DAYS: "1", SYNC_MAX_CONSECUTIVE_FAILURES: "1000", SYNC_MAX_FAILURE_RATE: "1" };

    expect((await run({ bend }, { env })).status).toBe("partial");

    await syncOnce(account.simulator, account.database, { env });
    for (let night = 0; night < 2; night += 1)
      expect(await run({ bend }, { env })).toMatchObject({
        status: "partial",
        items: { messages: { deleted: 0 } },
      });
    await syncOnce(account.simulator, account.database, { env });
    expect(await account.differences()).toEqual({});
  });

  test("is not called whole: properties", async () => {
    await account.simulate({ listings: 8 });

    expect((await run({ bend: doubling(/^\/listings$/) })).status).toBe("partial");
  });

  test("is whole where the next question brings what was missing: bookings", async () => {
    await account.simulate();

    expect((await run({ bend: doubling(/^\/reservations$/) })).status).toBe("succeeded");
    expect(await account.differences()).toEqual({});
  });
});
