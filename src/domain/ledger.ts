import { type Failure, ITEM_TYPES, type ItemType } from "./failure.ts";

/** How the items of one batch, all of one type, went. */
export interface BatchCounts {
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
}

/** Observations of a run, beside the stored items. */
export interface Observations {
  /** Conversations that the list showed. */
  scanned: number;
  /** Read because their fingerprint had changed. */
  changed: number;
  /** Read although their fingerprint had not changed. */
  swept: number;
  /** Written anew from what is stored, because their reservation, listing or row in the list had changed. */
  refreshed: number;
  /** Conversations listed, but deleted in Hostaway before they could be read; counted as succeeded. */
  gone: number;
  /** Marked as deleted. */
  deletedConversations: number;
  deletedMessages: number;
  /** Missing from the lists, but not marked as deleted: too many at once. */
  heldBackConversations: number;
  heldBackMessages: number;
  /** API calls that reading every conversation would have taken. */
  messagePages: number;
}

/**
 * The account of a run: every item that a run met is counted here, stored or failed, exactly once. The
 * report, the status and the exit code are derived from it (P6).
 */
export interface Ledger {
  /** Throws when the batch does not add up: an item that vanished on the way is a bug, not a number. */
  count(type: ItemType, batch: BatchCounts): void;
  /** Counts a conversation that was listed and is not found any more. */
  gone(): void;
  /** Counts a failed item that is not part of a batch. */
  fail(type: ItemType, failure: Failure): void;
  /** Records why the run ended early. The first reason stands. */
  end(failure: Failure): void;
  observe(what: keyof Observations, count?: number): void;
  /** Counts a date that could not be parsed; `field` is the kind of item and the field's name. */
  unreadDate(field: string): void;
  counts(type: ItemType): Readonly<ItemCounts>;
  readonly observations: Readonly<Observations>;
  /** Number of dates that could not be parsed, by field. */
  readonly unreadDates: ReadonlyMap<string, number>;
  /** The first failures in full; `failed` counts them all. */
  readonly failures: readonly Failure[];
  readonly endedBy: Failure | null;
}

/** A run that fails this often has one cause, and a report must fit into one document. */
const MOST_FAILURES_KEPT = 1_000;

export function createLedger(): Ledger {
  const items = Object.fromEntries(ITEM_TYPES.map((type) => [type, noItems()])) as Record<
    ItemType,
    ItemCounts
  >;
  const observations = nothingObserved();
  const unreadDates = new Map<string, number>();
  const failures: Failure[] = [];
  let endedBy: Failure | null = null;

  const keep = (failure: Failure) => {
    if (failures.length < MOST_FAILURES_KEPT) failures.push(failure);
  };

  return {
    count(type, { attempted, inserted, updated, unchanged, failures: failed }) {
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
    gone() {
      items.conversation.attempted += 1;
      items.conversation.succeeded += 1;
      observations.gone += 1;
    },
    fail(type, failure) {
      items[type].attempted += 1;
      items[type].failed += 1;
      keep(failure);
    },
    end(failure) {
      endedBy ??= failure;
    },
    observe(what, count = 1) {
      observations[what] += count;
    },
    unreadDate(field) {
      unreadDates.set(field, (unreadDates.get(field) ?? 0) + 1);
    },
    counts: (type) => items[type],
    observations,
    unreadDates,
    failures,
    get endedBy() {
      return endedBy;
    },
  };
}

function noItems(): ItemCounts {
  return { attempted: 0, succeeded: 0, failed: 0, inserted: 0, updated: 0, unchanged: 0 };
}

function nothingObserved(): Observations {
  return {
    scanned: 0,
    changed: 0,
    swept: 0,
    refreshed: 0,
    gone: 0,
    deletedConversations: 0,
    deletedMessages: 0,
    heldBackConversations: 0,
    heldBackMessages: 0,
    messagePages: 0,
  };
}
