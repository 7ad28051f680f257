import { type Collection, type Db, MongoServerError } from "mongodb";
import type { LeaseHolder } from "../domain/lease.ts";
import type { LeaseRecord } from "../domain/sync-state.ts";
import { DUPLICATE_KEY, WRITE_CONFLICT } from "./errors.ts";

/** The lease of an account at a moment of the database's clock. */
export interface LeaseReading {
  readonly held: LeaseRecord | null;
  readonly now: Date;
}

export async function readLease(
  db: Db,
  collection: Collection<LeaseRecord>,
  _id: string,
  signal?: AbortSignal,
): Promise<LeaseReading> {
  const [held, now] = await Promise.all([
    collection.findOne<LeaseRecord>({ _id }, { signal }),
    readServerTime(db, signal),
  ]);
  return { held, now };
}

export async function readServerTime(db: Db, signal?: AbortSignal): Promise<Date> {
  const hello = await db.command({ hello: 1 }, { signal });
  return new Date(hello["localTime"]);
}

/** Compare-and-swap: writes these fields over those of `held`, or a whole record where there is none. False: another process was faster. */
export async function compareAndSwap(
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

export function isHeld({ released_at, expires_at }: LeaseRecord, now: Date): boolean {
  return released_at === null && expires_at.getTime() > now.getTime();
}

export function lifetimeFrom(
  now: Date,
  lifetimeMs: number,
): Pick<LeaseRecord, "last_heartbeat" | "expires_at"> {
  return { last_heartbeat: now, expires_at: new Date(now.getTime() + lifetimeMs) };
}

export function toHolder(record: LeaseRecord, read_at: Date): LeaseHolder {
  const { run_id, host, pid, since, last_heartbeat, expires_at, yields = false } = record;
  return { run_id, host, pid, since, last_heartbeat, expires_at, read_at, yields };
}
