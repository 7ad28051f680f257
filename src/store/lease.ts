import { setMaxListeners } from "node:events";
import { type Collection, type Db, MongoServerError } from "mongodb";
import type { Clock } from "../clock.ts";
import { ItemError } from "../domain/failure.ts";
import { AccountBusyError, type Lease, type LeaseHolder, type Leases } from "../domain/lease.ts";
import type { LeaseRecord } from "../domain/sync-state.ts";
import { LEASES } from "./collections.ts";
import { DUPLICATE_KEY, toStorageError, WRITE_CONFLICT } from "./errors.ts";

export const LEASE_LIFETIME_MS = 60_000;
export const HEARTBEAT_MS = 15_000;

/** Whoever loses a race looks again; somebody who is always too late must stop at some point. */
const LOOKS = 5;

export interface LeaseOptions {
  readonly host: string;
  readonly pid: number;
  readonly lifetimeMs?: number;
  readonly heartbeatMs?: number;
}

/** What the database held at a moment of its own clock. */
interface Look {
  readonly held: LeaseRecord | null;
  readonly now: Date;
}

/** What each lease is kept with. */
interface Keeping {
  readonly db: Db;
  readonly collection: Collection<LeaseRecord>;
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly heartbeatMs: number;
}

/**
 * Leases as documents: taken, renewed and given back by compare-and-swap. Whether one has run out is for
 * the database's clock to say; a holder that cannot reach it gives up by its own monotonic clock, no later.
 */
export function createLeases(db: Db, clock: Clock, options: LeaseOptions): Leases {
  const { host, pid, lifetimeMs = LEASE_LIFETIME_MS, heartbeatMs = HEARTBEAT_MS } = options;
  // A secondary may not know yet who took over.
  const collection = db.collection<LeaseRecord>(LEASES.name, { readPreference: "primary" });
  const keeping = { db, collection, clock, lifetimeMs, heartbeatMs };

  async function acquire(accountId: string, runId: string, yields: boolean): Promise<Lease> {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const sentAt = clock.monotonic();
      const { held, now } = await look(keeping, accountId);
      if (held && isHeld(held, now)) throw new AccountBusyError(toHolder(held, now));
      const fence = (held?.fence ?? 0) + 1;
      const who = { _id: accountId, fence, run_id: runId, host, pid, since: now, released_at: null };
      const record = { ...who, ...lifetimeFrom(now, lifetimeMs), yields, wanted_by: null };
      if (!(await (held ? swap(collection, held, record) : swap(collection, null, record)))) continue;
      const recovered = held && held.released_at === null ? toHolder(held, now) : null;
      return keepLease(keeping, record, recovered, sentAt + lifetimeMs);
    }
    throw new ItemError("storage_error", `acquiring the lease: others were faster ${LOOKS} times`, {
      endsRun: true,
    });
  }

  return {
    acquire: (accountId, runId, yields = false) =>
      doing("acquiring the lease", () => acquire(accountId, runId, yields)),
    askFor: (accountId, runId) =>
      doing("asking for the lease", async () => {
        const held = { _id: accountId, released_at: null, yields: true };
        await collection.updateOne(held, { $set: { wanted_by: runId } });
      }),
    holder: (accountId) =>
      doing("reading the lease", async () => {
        const { held, now } = await look(keeping, accountId);
        return held && isHeld(held, now) ? toHolder(held, now) : null;
      }),
  };
}

/** @param deadline when the lease runs out unless renewed, by the monotonic clock */
function keepLease(
  keeping: Keeping,
  own: LeaseRecord,
  recovered: Lease["recovered"],
  deadline: number,
): Lease {
  const { db, collection, clock, lifetimeMs, heartbeatMs } = keeping;
  const { _id, fence, run_id } = own;
  const lost = new AbortController();
  const stop = new AbortController();
  const wanted = new AbortController();
  setMaxListeners(0, lost.signal, stop.signal); // every question under way listens
  let runsOutAt = deadline;

  function lose(why: string): void {
    lost.abort(new ItemError("interrupted", `the lease was lost: ${why}`, { endsRun: true }));
    stop.abort();
  }

  function loseIfTooLate(): void {
    if (clock.monotonic() >= runsOutAt) lose(`run ${run_id} could not renew it in time`);
  }

  function loseUnlessOwn(held: Whose | null): void {
    if (held?.fence === fence && held.run_id === run_id && held.released_at === null) return;
    const taken = held && held.run_id !== run_id;
    lose(
      taken ? `run ${held.run_id} took over from run ${run_id}` : `run ${run_id} does not have it any more`,
    );
  }

  async function check(): Promise<void> {
    loseIfTooLate();
    lost.signal.throwIfAborted();
    const projection = { fence: 1, run_id: 1, released_at: 1 };
    loseUnlessOwn(await collection.findOne<Whose>({ _id }, { projection, signal: lost.signal }));
    loseIfTooLate(); // the answer may be old: this process may have slept since it was given
    lost.signal.throwIfAborted();
  }

  /** What is lost here is lost to somebody else; when the database does not answer, there is time left. */
  async function renew(): Promise<void> {
    const sentAt = clock.monotonic();
    const { held, now } = await look(keeping, _id, stop.signal);
    loseUnlessOwn(held);
    if (!held || stop.signal.aborted) return;
    if (held.wanted_by) wanted.abort();
    const renewed = await swap(collection, held, lifetimeFrom(now, lifetimeMs));
    if (renewed) runsOutAt = Math.max(runsOutAt, sentAt + lifetimeMs);
    else loseUnlessOwn((await look(keeping, _id, stop.signal)).held);
  }

  /** False when the lease is over before the time is. */
  const sleep = (ms: number) =>
    clock.sleep(ms, stop.signal).then(
      () => true,
      () => false,
    );

  /** None waits for the one before, which may hang: of two, the database lets only one through. */
  async function beat(): Promise<void> {
    while (await sleep(heartbeatMs)) void renew().catch(() => undefined);
  }

  async function watch(): Promise<void> {
    while (await sleep(Math.max(0, runsOutAt - clock.monotonic()))) loseIfTooLate();
  }

  async function release(): Promise<void> {
    const released_at = await readServerTime(db);
    await collection.updateOne({ _id, fence, run_id, released_at: null }, { $set: { released_at } });
  }

  void beat();
  void watch();
  return {
    token: fence,
    lost: lost.signal,
    wanted: wanted.signal,
    recovered,
    check: () => doing("checking the lease", check),
    async [Symbol.asyncDispose]() {
      stop.abort();
      // A lost one is somebody else's, or has run out, or will: no reason to wait for a silent database.
      if (!lost.signal.aborted) await release().catch(() => undefined);
    },
  };
}

type Whose = Pick<LeaseRecord, "fence" | "run_id" | "released_at">;

async function look({ db, collection }: Keeping, _id: string, signal?: AbortSignal): Promise<Look> {
  const [held, now] = await Promise.all([
    collection.findOne<LeaseRecord>({ _id }, { signal }),
    readServerTime(db, signal),
  ]);
  return { held, now };
}

async function readServerTime(db: Db, signal?: AbortSignal): Promise<Date> {
  const hello = await db.command({ hello: 1 }, { signal });
  return new Date(hello["localTime"]);
}

/** Writes these fields over those of `held`, or a whole record where there is none; false when somebody was faster. */
async function swap(
  collection: Collection<LeaseRecord>,
  ...[held, wanted]: [held: null, wanted: LeaseRecord] | [held: LeaseRecord, wanted: Partial<LeaseRecord>]
): Promise<boolean> {
  try {
    if (held === null) return (await collection.insertOne(wanted)).acknowledged;
    const { _id, fence, expires_at, released_at } = held;
    const { _id: _, ...fields } = wanted;
    const filter = { _id, fence, expires_at, released_at };
    return (await collection.updateOne(filter, { $set: fields })).matchedCount === 1;
  } catch (error) {
    const { code } = error instanceof MongoServerError ? error : { code: null };
    if (code === DUPLICATE_KEY || code === WRITE_CONFLICT) return false;
    throw error;
  }
}

function isHeld({ released_at, expires_at }: LeaseRecord, now: Date): boolean {
  return released_at === null && expires_at.getTime() > now.getTime();
}

function lifetimeFrom(now: Date, lifetimeMs: number): Pick<LeaseRecord, "last_heartbeat" | "expires_at"> {
  return { last_heartbeat: now, expires_at: new Date(now.getTime() + lifetimeMs) };
}

function toHolder(record: LeaseRecord, read_at: Date): LeaseHolder {
  const { run_id, host, pid, since, last_heartbeat, expires_at, yields = false } = record;
  return { run_id, host, pid, since, last_heartbeat, expires_at, read_at, yields };
}

async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStorageError(error, what);
  }
}
