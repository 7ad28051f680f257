import { setMaxListeners } from "node:events";
import type { Collection, Db } from "mongodb";
import type { Clock } from "../clock.ts";
import { ItemError } from "../domain/failure.ts";
import type { Lease } from "../domain/lease.ts";
import type { LeaseRecord } from "../domain/sync-state.ts";
import { storageOperation } from "./errors.ts";
import { compareAndSwap, lifetimeFrom, readLease, readServerTime } from "./lease-documents.ts";

/** The surroundings in which a lease is kept alive. */
export interface LeaseKeeping {
  readonly db: Db;
  readonly collection: Collection<LeaseRecord>;
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly heartbeatMs: number;
}

/** @param deadline when the lease runs out unless renewed, by the monotonic clock */
export function keepLease(
  keeping: LeaseKeeping,
  own: LeaseRecord,
  recovered: Lease["recovered"],
  deadline: number,
): Lease {
  const { db, collection, clock, lifetimeMs, heartbeatMs } = keeping;
  const { _id, fence, run_id } = own;
  const lost = new AbortController();
  const stop = new AbortController();
  const preemptRequested = new AbortController();
  setMaxListeners(0, lost.signal, stop.signal); // every question under way listens
  let runsOutAt = deadline;

  function lose(why: string): void {
    lost.abort(new ItemError("interrupted", `the lease was lost: ${why}`, { endsRun: true }));
    stop.abort();
  }

  function loseIfTooLate(): void {
    if (clock.monotonic() >= runsOutAt) lose(`run ${run_id} could not renew it in time`);
  }

  function loseUnlessOwn(held: Ownership | null): void {
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
    loseUnlessOwn(await collection.findOne<Ownership>({ _id }, { projection, signal: lost.signal }));
    loseIfTooLate(); // the answer may be old: this process may have slept since it was given
    lost.signal.throwIfAborted();
  }

  /** What is lost here is lost to somebody else; when the database does not answer, there is time left. */
  async function renew(): Promise<void> {
    const sentAt = clock.monotonic();
    const { held, now } = await readLease(db, collection, _id, stop.signal);
    loseUnlessOwn(held);
    if (!held || stop.signal.aborted) return;
    if (held.wanted_by) preemptRequested.abort();
    const renewed = await compareAndSwap(collection, held, lifetimeFrom(now, lifetimeMs));
    if (renewed) runsOutAt = Math.max(runsOutAt, sentAt + lifetimeMs);
    else loseUnlessOwn((await readLease(db, collection, _id, stop.signal)).held);
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
    preemptRequested: preemptRequested.signal,
    recovered,
    check: () => storageOperation("checking the lease")(check),
    async [Symbol.asyncDispose]() {
      stop.abort();
      // A lost one is somebody else's, or has run out, or will: no reason to wait for a silent database.
      if (!lost.signal.aborted) await release().catch(() => undefined);
    },
  };
}

type Ownership = Pick<LeaseRecord, "fence" | "run_id" | "released_at">;
