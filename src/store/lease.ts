import type { Db } from "mongodb";
import type { Clock } from "../clock.ts";
import { ItemError } from "../domain/failure.ts";
import { AccountBusyError, type Lease, type Leases } from "../domain/lease.ts";
import type { LeaseRecord } from "../domain/sync-state.ts";
import { LEASES } from "./collections.ts";
import { storageOperation } from "./errors.ts";
import { compareAndSwap, isHeld, lifetimeFrom, readLease, toHolder } from "./lease-documents.ts";
import { keepLease } from "./lease-heartbeat.ts";

export const LEASE_LIFETIME_MS = 60_000;
export const HEARTBEAT_MS = 15_000;

/** A lost race is tried again, but not for ever. */
const RACES = 5;

export interface LeaseOptions {
  readonly host: string;
  readonly pid: number;
  readonly lifetimeMs?: number;
  readonly heartbeatMs?: number;
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

  async function acquire(accountId: string, runId: string, preemptible: boolean): Promise<Lease> {
    for (let races = 0; races < RACES; races += 1) {
      const sentAt = clock.monotonic();
      const { held, now } = await readLease(db, collection, accountId);
      if (held && isHeld(held, now)) throw new AccountBusyError(toHolder(held, now));
      const fence = (held?.fence ?? 0) + 1;
      const who = { _id: accountId, fence, run_id: runId, host, pid, since: now, released_at: null };
      const record = { ...who, ...lifetimeFrom(now, lifetimeMs), yields: preemptible, wanted_by: null };
      const taken = held
        ? await compareAndSwap(collection, held, record)
        : await compareAndSwap(collection, null, record);
      if (!taken) continue;
      const recovered = held && held.released_at === null ? toHolder(held, now) : null;
      return keepLease(keeping, record, recovered, sentAt + lifetimeMs);
    }
    throw new ItemError("storage_error", `acquiring the lease: others were faster ${RACES} times`, {
      endsRun: true,
    });
  }

  return {
    acquire: (accountId, runId, preemptible = false) =>
      storageOperation("acquiring the lease")(() => acquire(accountId, runId, preemptible)),
    requestRelease: (accountId, runId) =>
      storageOperation("requesting the lease")(async () => {
        const held = { _id: accountId, released_at: null, yields: true };
        await collection.updateOne(held, { $set: { wanted_by: runId } });
      }),
    holder: (accountId) =>
      storageOperation("reading the lease")(async () => {
        const { held, now } = await readLease(db, collection, accountId);
        return held && isHeld(held, now) ? toHolder(held, now) : null;
      }),
  };
}
