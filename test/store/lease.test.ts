import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Collection, type Db, MongoClient } from "mongodb";
import type { Clock } from "../../src/clock.ts";
import { AccountBusyError, type Leases } from "../../src/domain/lease.ts";
import { LeaseRecord } from "../../src/domain/sync-state.ts";
import { LEASES } from "../../src/store/collections.ts";
import { createLeases, LEASE_LIFETIME_MS } from "../../src/store/lease.ts";
import { readServerFacts } from "../../src/store/mongo.ts";
import { toValidator } from "../../src/store/validator.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

const ACCOUNT = "10001";
const A = { host: "host-a", pid: 11 };
const B = { host: "host-b", pid: 22 };

let database: TestDatabase;
let collection: Collection<LeaseRecord>;
let clock: FakeClock;
let leases: Leases;
let others: Leases;

beforeAll(async () => {
  database = await openTestDatabase();
  collection = await database.db.createCollection(LEASES.name, { validator: toValidator(LeaseRecord) });
});
afterAll(() => database.close());
beforeEach(async () => {
  await collection.deleteMany({});
  clock = createFakeClock();
  leases = createLeases(database.db, clock, A);
  others = createLeases(database.db, createFakeClock(), B);
});

const stored = () => collection.findOne({ _id: ACCOUNT });
const serverNow = async () => (await readServerFacts(database.db)).now;
const lostBy = (runId: string) =>
  expect.objectContaining({ type: "interrupted", endsRun: true, message: expect.stringContaining(runId) });

/** As if this much time had passed in the database, with nobody sending a heartbeat. */
async function age(ms: number): Promise<void> {
  const held = await stored();
  if (!held) throw new Error("there is no lease to age");
  const earlier = (time: Date) => new Date(time.getTime() - ms);
  const { since, last_heartbeat, expires_at } = held;
  await collection.updateOne(
    { _id: ACCOUNT },
    {
      $set: {
        since: earlier(since),
        last_heartbeat: earlier(last_heartbeat),
        expires_at: earlier(expires_at),
      },
    },
  );
}

/** The database answers in real time, however time stands still elsewhere. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(setImmediate);
}

async function moveTo(ms: number): Promise<void> {
  const waiting = clock.sleep(ms - clock.monotonic());
  await clock.run(ms);
  await waiting;
}

/** One connection: whatever was sent before is answered, and was heard, when this is. */
async function settled(db: Db): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await db.command({ ping: 1 });
}

describe("P12: one run at a time", () => {
  test("P12: while one run is at work, the next learns who, where and since when", async () => {
    const before = await serverNow();
    const lease = await leases.acquire(ACCOUNT, "run-a");
    const after = await serverNow();

    const busy = await others.acquire(ACCOUNT, "run-b").catch((error: unknown) => error);

    expect(lease).toMatchObject({ token: 1, recovered: null });
    expect(busy).toBeInstanceOf(AccountBusyError);
    const { holder } = busy as AccountBusyError;
    expect(holder).toMatchObject({ run_id: "run-a", ...A });
    expect(holder.since.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(holder.since.getTime()).toBeLessThanOrEqual(after.getTime());
    expect(holder.last_heartbeat).toEqual(holder.since);
    expect(holder.expires_at.getTime() - holder.since.getTime()).toBe(LEASE_LIFETIME_MS);
    expect(holder.read_at.getTime()).toBeGreaterThanOrEqual(holder.since.getTime());
    expect(await others.holder(ACCOUNT)).toMatchObject({ run_id: "run-a" });
    await expect(lease.check()).resolves.toBeUndefined();
  });

  test("P12: another account is another lease", async () => {
    await leases.acquire(ACCOUNT, "run-a");

    await expect(others.acquire("10002", "run-b")).resolves.toMatchObject({ token: 1 });
    expect(await others.holder("10003")).toBeNull();
  });

  test.each([
    ["a first lease", async () => undefined],
    [
      "a lease that was given back",
      async () => (await leases.acquire(ACCOUNT, "run-z"))[Symbol.asyncDispose](),
    ],
    ["a lease that ran out", async () => await leases.acquire(ACCOUNT, "run-z").then(() => age(60_000))],
  ])("P12: of ten that race for %s, one has it, ten times over", async (_, prepare) => {
    for (let round = 0; round < 10; round += 1) {
      await collection.deleteMany({});
      await prepare();

      const racers = Array.from({ length: 10 }, (_, racer) =>
        createLeases(database.db, clock, A).acquire(ACCOUNT, `run-${racer}`),
      );
      const results = await Promise.allSettled(racers);

      const winners = results.flatMap((result, racer) => (result.status === "fulfilled" ? [racer] : []));
      const losers = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      expect(winners).toHaveLength(1);
      expect(losers.every((reason) => reason instanceof AccountBusyError)).toBe(true);
      expect(await stored()).toMatchObject({ run_id: `run-${winners[0]}`, released_at: null });
    }
  });

  test("P12: what is given back is free for the next, under a higher fence", async () => {
    const first = await leases.acquire(ACCOUNT, "run-a");
    await first[Symbol.asyncDispose]();

    expect(await others.holder(ACCOUNT)).toBeNull();
    const second = await others.acquire(ACCOUNT, "run-b");

    expect([first.token, second.token]).toEqual([1, 2]);
    expect(second.recovered).toBeNull();
    await expect(first.check()).rejects.toEqual(lostBy("run-b"));
    await expect(second.check()).resolves.toBeUndefined();
  });

  test("P12: the database's clock decides, whatever the local one says", async () => {
    const at = (now: string): Clock => ({ ...createFakeClock(), now: () => new Date(now) });
    const ahead = createLeases(database.db, at("2199-01-01T00:00:00Z"), B);
    const behind = createLeases(database.db, at("1999-01-01T00:00:00Z"), B);
    await leases.acquire(ACCOUNT, "run-a");

    await expect(ahead.acquire(ACCOUNT, "run-b")).rejects.toThrow(AccountBusyError);
    await expect(behind.acquire(ACCOUNT, "run-b")).rejects.toThrow(AccountBusyError);
    expect(await ahead.holder(ACCOUNT)).toMatchObject({ run_id: "run-a" });

    await age(LEASE_LIFETIME_MS);
    expect(await behind.holder(ACCOUNT)).toBeNull();
    await behind.acquire(ACCOUNT, "run-b");
    await expect(ahead.acquire(ACCOUNT, "run-c")).rejects.toThrow(AccountBusyError);
    await age(LEASE_LIFETIME_MS);
    await ahead.acquire(ACCOUNT, "run-c");
    await expect(others.acquire(ACCOUNT, "run-d")).rejects.toThrow(AccountBusyError);
  });

  test("P12: a local clock that jumps costs nobody the lease", async () => {
    let now = new Date("2026-01-01T00:00:00Z");
    const jumping = createLeases(database.db, { ...clock, now: () => now }, A);
    const lease = await jumping.acquire(ACCOUNT, "run-a");

    for (const jump of ["2199-01-01T00:00:00Z", "1999-01-01T00:00:00Z"]) {
      now = new Date(jump);
      await age(10_000);
      const aged = (await stored())?.expires_at.getTime() ?? 0;
      await moveTo(clock.monotonic() + 15_000);
      await until(async () => ((await stored())?.expires_at.getTime() ?? 0) > aged);

      await lease.check();
      await expect(others.acquire(ACCOUNT, "run-b")).rejects.toThrow(AccountBusyError);
    }
    expect(lease.lost.aborted).toBe(false);
  });
});

describe("P12: a run that crashed", () => {
  test("P12: its lease is taken over once it has run out, and the next run knows of it", async () => {
    const crashed = await leases.acquire(ACCOUNT, "run-a");
    await age(LEASE_LIFETIME_MS - 5_000);
    await expect(others.acquire(ACCOUNT, "run-b")).rejects.toThrow(AccountBusyError);
    await age(5_000);

    const next = await others.acquire(ACCOUNT, "run-b");

    expect(next.token).toBe(crashed.token + 1);
    expect(next.recovered).toMatchObject({ run_id: "run-a", ...A });
    expect(next.recovered?.expires_at.getTime()).toBeLessThanOrEqual(next.recovered?.read_at.getTime() ?? 0);
    expect(await leases.holder(ACCOUNT)).toMatchObject({ run_id: "run-b", ...B });
  });

  test("P12: if it was only asleep, its next check tells it that it has lost", async () => {
    const sleeper = await leases.acquire(ACCOUNT, "run-a");
    await age(LEASE_LIFETIME_MS);
    await others.acquire(ACCOUNT, "run-b");
    expect(sleeper.lost.aborted).toBe(false);

    await expect(sleeper.check()).rejects.toEqual(lostBy("run-b took over from run run-a"));

    expect(sleeper.lost.reason).toEqual(lostBy("run-b"));
    await expect(sleeper.check()).rejects.toBe(sleeper.lost.reason);
  });

  test("P12: if it was only asleep, its next heartbeat tells it that it has lost", async () => {
    const sleeper = await leases.acquire(ACCOUNT, "run-a");
    await age(LEASE_LIFETIME_MS);
    await others.acquire(ACCOUNT, "run-b");
    const taken = await stored();

    await moveTo(14_999);
    expect(sleeper.lost.aborted).toBe(false);
    await moveTo(15_000);
    await until(() => sleeper.lost.aborted);

    expect(sleeper.lost.reason).toEqual(lostBy("run-b took over from run run-a"));
    expect(await stored()).toEqual(taken);
  });

  test("P12: what it gives back late is not the lease of the run that took over", async () => {
    const sleeper = await leases.acquire(ACCOUNT, "run-a");
    await age(LEASE_LIFETIME_MS);
    const next = await others.acquire(ACCOUNT, "run-b");

    await sleeper[Symbol.asyncDispose]();

    expect(await stored()).toMatchObject({ run_id: "run-b", released_at: null });
    await expect(next.check()).resolves.toBeUndefined();
    await expect(createLeases(database.db, clock, A).acquire(ACCOUNT, "run-c")).rejects.toThrow(
      AccountBusyError,
    );
  });

  test("P12: one that took over is another holder, even under the same run id", async () => {
    const sleeper = await leases.acquire(ACCOUNT, "run-a");
    await age(LEASE_LIFETIME_MS);
    const next = await others.acquire(ACCOUNT, "run-a");

    await sleeper[Symbol.asyncDispose]();

    await expect(sleeper.check()).rejects.toEqual(lostBy("run-a"));
    await expect(next.check()).resolves.toBeUndefined();
  });

  test("P12: if it wakes up while it is being taken over from, it keeps the lease", async () => {
    await leases.acquire(ACCOUNT, "run-a");
    await age(LEASE_LIFETIME_MS);
    const wakeUp = () => age(-LEASE_LIFETIME_MS);

    await withMeanwhile(wakeUp, async (db) => {
      const acquired = createLeases(db, clock, B).acquire(ACCOUNT, "run-b");
      await expect(acquired).rejects.toThrow(AccountBusyError);
    });

    expect(await leases.holder(ACCOUNT)).toMatchObject({ run_id: "run-a" });
  });

  test("P12: if it is taken over from while it sends a heartbeat, it loses, and changes nothing", async () => {
    const taken = { fence: 2, run_id: "run-b" };
    const takeOver = async () => {
      if (acquired) await collection.updateOne({ _id: ACCOUNT }, { $set: taken });
    };
    let acquired = false;

    await withMeanwhile(takeOver, async (db) => {
      const sleeper = await createLeases(db, clock, A).acquire(ACCOUNT, "run-a");
      const before = await stored();
      acquired = true;

      await moveTo(15_000);
      await until(() => sleeper.lost.aborted);

      expect(sleeper.lost.reason).toEqual(lostBy("run-b took over from run run-a"));
      expect(await stored()).toEqual({ ...before, ...taken });
    });
  });

  test("P12: whoever is always too late gives up", async () => {
    await leases.acquire(ACCOUNT, "run-a");
    await age(2 * LEASE_LIFETIME_MS);
    let looks = 0;
    const change = async () => {
      looks += 1;
      await age(1);
    };

    await withMeanwhile(change, async (db) => {
      const acquired = createLeases(db, clock, B).acquire(ACCOUNT, "run-b");
      await expect(acquired).rejects.toMatchObject({ type: "storage_error", endsRun: true });
    });

    expect(looks).toBe(5);
  });
});

describe("P12: heartbeats", () => {
  test("P12: a heartbeat gives the lease a whole lifetime again, by the database's clock", async () => {
    await leases.acquire(ACCOUNT, "run-a");
    await age(30_000);
    const aged = await stored();
    const before = await serverNow();

    await moveTo(15_000);
    await until(async () => (await stored())?.expires_at.getTime() !== aged?.expires_at.getTime());

    const renewed = await stored();
    const { last_heartbeat, expires_at } = renewed ?? {
      last_heartbeat: new Date(0),
      expires_at: new Date(0),
    };
    expect(renewed).toMatchObject({ fence: 1, run_id: "run-a", since: aged?.since, released_at: null });
    expect(last_heartbeat.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(expires_at.getTime() - last_heartbeat.getTime()).toBe(LEASE_LIFETIME_MS);
  });

  test("P12: nothing goes on after the lease was given back", async () => {
    let sleeping = 0;
    const counting: Clock = {
      ...clock,
      sleep: (ms, signal) => {
        sleeping += 1;
        return clock.sleep(ms, signal).finally(() => {
          sleeping -= 1;
        });
      },
    };
    const lease = await createLeases(database.db, counting, A).acquire(ACCOUNT, "run-a");
    expect(sleeping).toBeGreaterThan(0);

    await lease[Symbol.asyncDispose]();
    const released = await stored();
    await moveTo(120_000);

    expect(sleeping).toBe(0);
    expect(await stored()).toEqual(released);
    expect(released?.released_at).toBeInstanceOf(Date);
    expect(lease.lost.aborted).toBe(false);
  });
});

describe("P12: a database that does not answer", () => {
  test("P12: the lease is lost once it has run out by the monotonic clock, not before", async () => {
    const client = await MongoClient.connect(database.uri);
    const lease = await createLeases(client.db(database.name), clock, A).acquire(ACCOUNT, "run-a");
    await client.close();

    await moveTo(59_999);
    expect(lease.lost.aborted).toBe(false);
    await expect(lease.check()).rejects.toMatchObject({ type: "storage_error", endsRun: true });
    expect(lease.lost.aborted).toBe(false);
    await moveTo(60_000);

    expect(lease.lost.reason).toEqual(lostBy("run-a"));
    await expect(lease.check()).rejects.toBe(lease.lost.reason);
    await expect(lease[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  test("P12: a check knows that the lease has run out before any timer says so", async () => {
    let elapsed = 0;
    const frozen: Clock = { ...clock, monotonic: () => elapsed };
    const lease = await createLeases(database.db, frozen, A).acquire(ACCOUNT, "run-a");

    elapsed = 59_999;
    await expect(lease.check()).resolves.toBeUndefined();
    elapsed = 60_000;
    await expect(lease.check()).rejects.toEqual(lostBy("run-a"));
    expect(lease.lost.aborted).toBe(true);
  });

  test("P12: giving back to a database that is gone does not throw; the lease runs out by itself", async () => {
    const client = await MongoClient.connect(database.uri);
    const lease = await createLeases(client.db(database.name), clock, A).acquire(ACCOUNT, "run-a");
    await client.close();

    await expect(lease[Symbol.asyncDispose]()).resolves.toBeUndefined();

    expect(await others.holder(ACCOUNT)).toMatchObject({ run_id: "run-a" });
    await age(LEASE_LIFETIME_MS);
    await expect(others.acquire(ACCOUNT, "run-b")).resolves.toMatchObject({ token: 2 });
  });

  test("P12: whoever asks for a lease learns that the database is gone", async () => {
    const client = await MongoClient.connect(database.uri);
    const gone = createLeases(client.db(database.name), clock, A);
    await client.close();

    const storageError = { name: "ItemError", type: "storage_error", endsRun: true };
    await expect(gone.acquire(ACCOUNT, "run-a")).rejects.toMatchObject(storageError);
    await expect(gone.holder(ACCOUNT)).rejects.toMatchObject(storageError);
  });

  test("P12: heartbeats and checks that hang do not hide that the lease has run out", async () => {
    await using way = await openWay(database);
    const lease = await createLeases(way.db, clock, A).acquire(ACCOUNT, "run-a");
    way.silence();

    const check = lease.check();
    await moveTo(60_000);

    expect(lease.lost.reason).toEqual(lostBy("run-a"));
    await expect(check).rejects.toBe(lease.lost.reason);
  });

  test("P12: a heartbeat that hung counts from when it was sent, not from when it was answered", async () => {
    await using way = await openWay(database);
    const lease = await createLeases(way.db, clock, A).acquire(ACCOUNT, "run-a");
    await age(10_000);
    const aged = await stored();

    way.silence();
    await moveTo(15_000);
    await moveTo(20_000);
    way.resume();
    await until(async () => (await stored())?.expires_at.getTime() !== aged?.expires_at.getTime());
    await settled(way.db);
    way.silence();

    await moveTo(74_999);
    expect(lease.lost.aborted).toBe(false);
    await moveTo(75_000);
    expect(lease.lost.aborted).toBe(true);
  });
});

/** Between every look of whoever uses this and what it does about it, something happens. */
async function withMeanwhile<T>(meanwhile: () => Promise<unknown>, use: (db: Db) => Promise<T>): Promise<T> {
  // One connection: the document was read when the time was.
  const client = await MongoClient.connect(database.uri, { maxPoolSize: 1 });
  try {
    const db = client.db(database.name);
    const command = db.command.bind(db);
    db.command = async (...asked) => {
      const answer = await command(...asked);
      await meanwhile();
      return answer;
    };
    return await use(db);
  } finally {
    await client.close();
  }
}

interface Way extends AsyncDisposable {
  readonly db: Db;
  /** From now on nothing gets through, and nobody is told. */
  silence(): void;
  resume(): void;
}

async function openWay({ uri, name, client }: TestDatabase): Promise<Way> {
  const [server] = client.options.hosts;
  const pairs: (readonly [Socket, Socket])[] = [];
  let silent = false;

  function join([one, other]: readonly [Socket, Socket]): void {
    one.pipe(other);
    other.pipe(one);
  }

  const proxy = createServer((near) => {
    const far = connect(server?.port ?? 27_017, server?.host);
    for (const socket of [near, far]) socket.on("error", () => undefined);
    near.on("close", () => far.destroy());
    pairs.push([near, far]);
    if (!silent) join([near, far]);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as { port: number };
  const address = new URL(uri);
  address.host = `127.0.0.1:${port}`;
  address.searchParams.set("directConnection", "true");
  const through = await MongoClient.connect(address.href, { maxPoolSize: 1 });
  return {
    db: through.db(name),
    silence() {
      silent = true;
      for (const socket of pairs.flat()) socket.unpipe().pause();
    },
    resume() {
      silent = false;
      for (const pair of pairs) join(pair);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of pairs.flat()) socket.destroy();
      const closed = new Promise((resolve) => proxy.close(resolve));
      await through.close();
      await closed;
    },
  };
}
