import type { Failure, ItemType } from "./failure.ts";

/** What became of one batch of items of one kind. */
export interface Settlement {
  readonly attempted: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failures: readonly Failure[];
}

export interface ItemCounts {
  attempted: number;
  succeeded: number;
  failed: number;
  inserted: number;
  updated: number;
  unchanged: number;
  /** Listed, but deleted in Hostaway before it could be read; counted as succeeded. */
  gone: number;
}

/**
 * The account of a run: every item that was met is settled here, stored or failed, exactly once. The
 * report, the status and the exit code are derived from it (P6).
 */
export interface Ledger {
  /** Throws when the batch does not add up: an item that vanished on the way is a bug, not a number. */
  settle(type: ItemType, settlement: Settlement): void;
  /** One item that is not part of a batch. */
  gone(type: ItemType): void;
  fail(type: ItemType, failure: Failure): void;
  /** Writes down why the run ended before its work was done. The first reason stands. */
  end(failure: Failure): void;
  counts(type: ItemType): Readonly<ItemCounts>;
  /** The first failures in full; `failed` counts them all. */
  readonly failures: readonly Failure[];
  readonly endedBy: Failure | null;
}

/** A run that fails this often has one cause, and a report must fit into one document. */
const MOST_FAILURES_KEPT = 1_000;

export function createLedger(): Ledger {
  const items: Record<ItemType, ItemCounts> = {
    listing: noItems(),
    reservation: noItems(),
    conversation: noItems(),
    message: noItems(),
  };
  const failures: Failure[] = [];
  let endedBy: Failure | null = null;

  const keep = (failure: Failure) => {
    if (failures.length < MOST_FAILURES_KEPT) failures.push(failure);
  };

  return {
    settle(type, { attempted, inserted, updated, unchanged, failures: failed }) {
      const succeeded = inserted + updated + unchanged;
      if (attempted !== succeeded + failed.length) {
        throw new Error(`${type}: of ${attempted} items ${succeeded} are stored and ${failed.length} failed`);
      }
      const counts = items[type];
      counts.attempted += attempted;
      counts.succeeded += succeeded;
      counts.failed += failed.length;
      counts.inserted += inserted;
      counts.updated += updated;
      counts.unchanged += unchanged;
      failed.forEach(keep);
    },
    gone(type) {
      items[type].attempted += 1;
      items[type].succeeded += 1;
      items[type].gone += 1;
    },
    fail(type, failure) {
      items[type].attempted += 1;
      items[type].failed += 1;
      keep(failure);
    },
    end(failure) {
      endedBy ??= failure;
    },
    counts: (type) => items[type],
    failures,
    get endedBy() {
      return endedBy;
    },
  };
}

function noItems(): ItemCounts {
  return { attempted: 0, succeeded: 0, failed: 0, inserted: 0, updated: 0, unchanged: 0, gone: 0 };
}
