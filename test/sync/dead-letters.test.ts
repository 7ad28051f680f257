import { describe, expect, test } from "@jest/globals";
import type { RunReport } from "../../src/domain/run-report.ts";
import type { FaultRule } from "../../src/simulator/simulator.ts";
import { useTestAccount } from "../support/account.ts";
import { type RunOptions, replayOnce, syncOnce } from "../support/run.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const account = useTestAccount({ seed: 31, conversations: 40 });
const { simulate, differences } = account;

/** One night, with next to no sweep. */
async function night(options: RunOptions = {}): Promise<RunReport> {
  account.simulator.advance(1_000);
  return await syncOnce(account.simulator, account.database, {
    ...options,
    env: { SYNC_SWEEP_DAYS: "3650", ...options.env },
  });
}

const letters = () => account.database.db.collection("sync_failures").find().sort({ _id: 1 }).toArray();
const open = async () => (await letters()).filter((letter) => letter["resolved_at"] === null);
const ids = () => [...account.simulator.oracle.conversations()].map(({ conversation_id }) => conversation_id);

/** A conversation, and how its messages are damaged: the second of each page loses who spoke. */
function poisoned(nth = 3): { id: string; rules: FaultRule[] } {
  const id =
    [...account.simulator.oracle.conversations()].filter((one) => one.message_counts.total > 3)[nth]
      ?.conversation_id ?? "";
  const fault = { type: "poison", index: 1, field: "isIncoming", change: "drop" } as const;
  return { id, rules: [{ match: { path: `/conversations/${id}/messages` }, fault }] };
}

const broken = (path: string): FaultRule[] => [{ match: { path }, fault: "html" }];

describe("P5, P6: each item that fails is written down", () => {
  test("a message, with what is needed to find it, to understand it and to try it again", async () => {
    await simulate();
    const { id, rules } = poisoned();
    account.simulator.faults.set(rules);

    const report = await night();

    const [letter, ...others] = await letters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      item_type: "message",
      conversation_id: id,
      stage: "transform",
      error_type: "validation_error",
      message: "isIncoming: missing",
      attempts: 1,
      resolved_at: null,
    });
    expect(letter?._id).toBe(`message:${letter?.["item_id"]}`);
    expect(letter?.["raw"]).toMatchObject({ id: Number(letter?.["item_id"]), status: expect.any(String) });
    expect(report.failures).toMatchObject([{ failure_id: letter?._id, retryable: false }]);
  });

  test("a conversation, a reservation and a listing", async () => {
    await simulate();
    const [conversation = ""] = ids();
    const [reservation] = [...account.simulator.oracle.reservations()];
    const [listing] = [...account.simulator.oracle.listings()];
    const poison = { type: "poison", field: "id", change: "text" } as const;
    account.simulator.faults.set([
      ...broken(`/conversations/${conversation}/messages`),
      { match: { endpoint: "reservations" }, fault: { ...poison, change: "value", value: "x", index: 2 } },
      { match: { endpoint: "listings" }, fault: { ...poison, change: "value", value: [], index: 0 } },
    ]);
    expect([reservation, listing]).not.toContain(undefined);

    await night();

    expect((await open()).map((one) => one["item_type"]).sort()).toEqual([
      "conversation",
      "listing",
      "reservation",
    ]);
  });

  test("P10: of the record only fields that are read are kept, and of the others their names", async () => {
    await simulate();
    const fault = { type: "poison", index: 0, field: "id", change: "wrong_type" } as const;
    account.simulator.faults.set(
      (["listings", "reservations", "messages", "conversations"] as const).map((endpoint) => ({
        match: { endpoint },
        fault,
      })),
    );

    await night();

    const kept = JSON.stringify(await letters());
    expect(await letters()).not.toHaveLength(0);
    expect(kept).not.toMatch(/CANARY/i);
    expect(kept).toContain("other_fields");
  });

  test("of a dry run nothing is written down", async () => {
    await simulate();
    account.simulator.faults.set(poisoned().rules);

    expect((await night({ dryRun: true })).summary.failed).toBe(1);
    expect(await letters()).toEqual([]);
  });
});

describe("what failed is tried again", () => {
  test("in each of the next three runs, then after 1, 2, 4 and at most 7 days, whatever it costs before", async () => {
    await simulate();
    const { id, rules } = poisoned();
    account.simulator.faults.set(rules);
    const tries: number[] = [];
    let day = 0;
    const unlisten = account.simulator.onRequest(({ path }) => {
      if (path.startsWith(`/conversations/${id}/messages`)) tries.push(day);
    });

    // Nobody writes, nothing else changes: time goes by in the account alone.
    for (day = 0; day < 30; day += 1) {
      await night({ env: { SYNC_SWEEP_DAYS: "3650" } });
      await backdate(DAY_MS);
    }
    unlisten();

    expect(tries.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 6, 10, 17]);
    expect(await open()).toMatchObject([{ attempts: tries.length }]);
  });

  test("at once when its conversation has changed", async () => {
    await simulate();
    const { id, rules } = poisoned();
    account.simulator.faults.set(rules);
    for (let run = 0; run < 5; run += 1) await night();
    account.simulator.faults.clear();
    // Not due: nothing is tried, and the copy is not called complete.
    expect(await night()).toMatchObject({ status: "partial", open_failures: 1, summary: { failed: 0 } });
    account.simulator.world.guestWrites(Number(id));

    expect((await night()).items.conversations.changed).toBe(1);
    expect(await open()).toEqual([]);
    expect(await differences()).toEqual({});
  });

  test("and is resolved without a command when the source is mended", async () => {
    await simulate();
    const [conversation = ""] = ids();
    const fault = { type: "poison", index: 4, field: "id", change: "wrong_type" } as const;
    account.simulator.faults.set([
      ...poisoned().rules,
      ...broken(`/conversations/${conversation}/messages`),
      { match: { endpoint: "reservations" }, fault },
      { match: { endpoint: "listings" }, fault: { ...fault, index: 0 } },
    ]);
    expect((await night()).status).toBe("partial");
    expect(await open()).toHaveLength(4);
    account.simulator.faults.clear();

    const healed = await night({ env: { SYNC_SWEEP_DAYS: "1" } });

    expect(healed.status).toBe("succeeded");
    expect(await open()).toEqual([]);
    expect(await differences()).toEqual({});
    expect(await letters()).toHaveLength(4);
  });

  test("a reservation by its id, though its feed has moved on", async () => {
    await simulate({ calendarBookings: 3 });
    await night();
    const booking = [...account.simulator.oracle.reservations()].at(-1);
    account.simulator.world.changeReservation(Number(booking?.reservation_id), { price: 777 });
    const ids = [Number(booking?.reservation_id)];
    const value = "x".repeat(17 * 2 ** 20);
    account.simulator.faults.set([
      {
        match: { endpoint: "reservations" },
        fault: { type: "poison", ids, field: "guestName", change: "value", value },
      },
    ]);
    await night();
    expect(await open()).toMatchObject([{ _id: `reservation:${booking?.reservation_id}`, stage: "load" }]);
    account.simulator.advance(4 * DAY_MS);
    await night();
    account.simulator.advance(4 * DAY_MS);
    account.simulator.faults.clear();
    const asked: string[] = [];
    const unlisten = account.simulator.onRequest(({ path }) => asked.push(path));
    await night({ env: { SYNC_SWEEP_DAYS: "1" }, pageSizes: { listings: 100, others: 2 } });
    unlisten();

    expect(asked).toContainEqual(expect.stringMatching(`/reservations/${booking?.reservation_id}`));

    expect(await open()).toEqual([]);
    expect(await differences()).toEqual({});
  });
});

describe("replay", () => {
  test("reads what failed once more, whatever kind it is", async () => {
    await simulate();
    const [conversation = ""] = ids();
    account.simulator.faults.set([...poisoned().rules, ...broken(`/conversations/${conversation}/messages`)]);
    for (let run = 0; run < 5; run += 1) await night();
    account.simulator.faults.clear();

    const beforeItIsDue = new Date(account.simulator.now().getTime() - 2 * HOUR_MS);
    expect(await replayOnce(account.simulator, account.database, { dueAt: beforeItIsDue })).toMatchObject({
      mode: "replay",
      summary: { attempted: 0 },
    });
    const report = await replayOnce(account.simulator, account.database, {});

    expect(report).toMatchObject({ status: "succeeded", items: { conversations: { changed: 2 } } });
    expect(await open()).toEqual([]);
    expect(await differences()).toEqual({});
  });

  test("reads only what is named", async () => {
    await simulate();
    const [first = "", second = ""] = ids();
    account.simulator.faults.set(broken(`/conversations/(${first}|${second})/messages`));
    await night();
    account.simulator.faults.clear();

    await replayOnce(account.simulator, account.database, { ids: [`conversation:${first}`] });

    expect((await open()).map(({ _id }) => _id)).toEqual([`conversation:${second}`]);
  });

  test("of something that fails again counts one attempt more; of something gone closes the letter", async () => {
    await simulate();
    const [first = "", second = ""] = ids();
    account.simulator.faults.set(broken(`/conversations/(${first}|${second})/messages`));
    await night();
    account.simulator.world.deleteConversation(Number(second));

    const report = await replayOnce(account.simulator, account.database, {});

    expect(report).toMatchObject({ status: "partial", items: { conversations: { failed: 1, gone: 1 } } });
    expect(await open()).toMatchObject([{ _id: `conversation:${first}`, attempts: 2 }]);
  });
});

describe("P6: a run that cannot succeed stops, and says how far it came", () => {
  test("after ten conversations in a row", async () => {
    await simulate({ conversations: 200 });
    account.simulator.faults.set(broken("/conversations/[0-9]+/messages"));

    const report = await night();

    expect(report.status).toBe("failed");
    expect(report.failures[0]).toMatchObject({
      item_type: "run",
      error_type: "server_error",
      message: expect.stringMatching(
        /^stopped after \d+ of 200 conversations: 10 conversations in a row could/,
      ),
    });
    expect(report.items.conversations.failed).toBeLessThan(60);
  });

  test("after 15 of the last hundred", async () => {
    await simulate({ conversations: 400 });
    const every5th = ids().filter((_, index) => index % 5 === 0);
    account.simulator.faults.set(broken(`/conversations/(${every5th.join("|")})/messages`));

    const report = await night();

    expect(report.status).toBe("failed");
    expect(report.failures[0]?.message).toMatch(/of the last 100 conversations could not be read/);
    expect(report.items.conversations.attempted).toBeLessThan(200);
  });

  test("but not because of a few", async () => {
    await simulate({ conversations: 200 });
    const every12th = ids().filter((_, index) => index % 12 === 0);
    account.simulator.faults.set(broken(`/conversations/(${every12th.join("|")})/messages`));

    expect(await night()).toMatchObject({ status: "partial", items: { conversations: { attempted: 200 } } });
  });
});

/** Moves what the program remembers into the past, as if that much time had gone by since. */
async function backdate(ms: number): Promise<void> {
  const earlier = (date: Date) => new Date(date.getTime() - ms);
  const states = account.database.db.collection<{ _id: string }>("sync_conversations");
  for (const state of await states.find({ failed: { $ne: null } }).toArray()) {
    const failed = Reflect.get(state, "failed");
    await states.updateOne({ _id: state._id }, { $set: { "failed.retry_at": earlier(failed.retry_at) } });
  }
  const failures = account.database.db.collection<{ _id: string }>("sync_failures");
  for (const letter of await failures.find().toArray()) {
    const next = Reflect.get(letter, "next_try_at");
    await failures.updateOne({ _id: letter._id }, { $set: { next_try_at: earlier(next) } });
  }
}
