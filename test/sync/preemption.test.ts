import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Clock, systemClock } from "../../src/clock.ts";
import { AccountBusyError, type Leases } from "../../src/domain/lease.ts";
import { createLeases } from "../../src/store/lease.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { acquireByPreempting, acquirePreemptible } from "../../src/sync/preemption.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;
let leases: Leases;

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureSchema(database.db);
  leases = createLeases(database.db, systemClock, { host: "test", pid: 1, heartbeatMs: 20 });
});
afterAll(() => database.close());

const running = new AbortController().signal;
const WINDOW_MS = 10_000;

/** Whoever sleeps wakes at once; for each sleep it is written down who had the lease. */
function sleeper(accountId: string, sleeps: string[]): Clock {
  return {
    ...systemClock,
    async sleep(ms, signal) {
      const holder = await leases.holder(accountId);
      sleeps.push(`${ms} ${holder?.run_id ?? "nobody"}`);
      await systemClock.sleep(0, signal);
    },
  };
}

const waysOf = (accountId: string, runId: string, sleeps: string[] = []) => ({
  leases,
  accountId,
  runId,
  clock: sleeper(accountId, sleeps),
  windowMs: WINDOW_MS,
  onWait: () => sleeps.push(`${runId} waits`),
  onHandOver: () => sleeps.push(`${runId} makes way`),
});

test("P8: one window of the limit is left free before the lease is given back, and after it is had again", async () => {
  const sleeps: string[] = [];
  await using lease = await acquirePreemptible(waysOf("1", "backfill", sleeps), running);

  await lease.handOver();

  expect(sleeps).toEqual([
    "backfill makes way",
    `${WINDOW_MS} backfill`,
    "5000 nobody",
    `${WINDOW_MS} backfill`,
  ]);
});

test("P12: a run asks, gets the lease when it is given back, and the one that gave it waits until it is free", async () => {
  const told: string[] = [];
  // It leaves the lease alone for five seconds, in which whoever asks each second has it.
  const clock: Clock = {
    ...systemClock,
    async sleep() {
      if ((await leases.holder("2")) === null) await asking;
    },
  };
  await using first = await acquirePreemptible({ ...waysOf("2", "backfill", told), clock }, running);
  const { token } = first;
  const asking = acquireByPreempting(waysOf("2", "nightly"), running);
  await until(() => first.preemptRequested.aborted);

  const back = first.handOver();
  const nightly = await asking;
  expect(await leases.holder("2")).toMatchObject({ run_id: "nightly", yields: false });
  await until(() => told.includes("backfill waits"));
  await nightly[Symbol.asyncDispose]();
  await back;

  expect(await leases.holder("2")).toMatchObject({ run_id: "backfill", yields: true });
  expect(first.token).toBeGreaterThan(nightly.token);
  expect(nightly.token).toBeGreaterThan(token);
  expect(first.preemptRequested.aborted).toBe(false);
  await first.check();
});

test("P12: nobody makes way who cannot, and nobody waits for ever", async () => {
  await using _ = await leases.acquire("3", "nightly");
  await expect(acquireByPreempting(waysOf("3", "another"), running)).rejects.toThrow(AccountBusyError);

  await using __ = await leases.acquire("4", "deaf", true);
  let elapsed = 0;
  const clock: Clock = {
    ...systemClock,
    monotonic: () => elapsed,
    sleep: async (ms) => {
      elapsed += ms;
    },
  };
  await expect(acquireByPreempting({ ...waysOf("4", "nightly"), clock }, running)).rejects.toThrow(
    AccountBusyError,
  );
  expect(elapsed).toBeGreaterThanOrEqual(60_000);
});

test("a stop ends the wait", async () => {
  await using _ = await leases.acquire("5", "nightly");

  const waiting = acquirePreemptible(
    waysOf("5", "backfill"),
    AbortSignal.abort(new Error("received SIGINT")),
  );

  await expect(waiting).rejects.toMatchObject({ type: "interrupted" });
});
