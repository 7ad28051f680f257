import type { Entry, World } from "./world.ts";

/** The lists' orders, sorted again only after a change. */
export interface Orders {
  /** Recorded: `messageSentOn` descending (99 of 99 neighbours), ties by id ascending; nulls last is assumed. */
  conversations(): readonly Entry[];
  /** Documented: `updatedOn` descending, id descending. */
  reservations(): readonly Entry[];
  changed(): void;
}

export function createOrders(world: World): Orders {
  let conversations: readonly Entry[] | null = null;
  let reservations: readonly Entry[] | null = null;
  return {
    conversations() {
      conversations ??= world.entries
        .filter((entry) => entry.conversationId !== null && !entry.conversationDeleted)
        .sort(bySentThenId);
      return conversations;
    },
    reservations() {
      reservations ??= [...world.entries].sort(byUpdatedThenId);
      return reservations;
    },
    changed() {
      conversations = null;
      reservations = null;
    },
  };
}

function bySentThenId(a: Entry, b: Entry): number {
  const [left, right] = [a.marks.sentAt ?? -1, b.marks.sentAt ?? -1];
  return right - left || (a.conversationId ?? 0) - (b.conversationId ?? 0);
}

function byUpdatedThenId(a: Entry, b: Entry): number {
  return b.marks.reservationUpdatedAt - a.marks.reservationUpdatedAt || b.reservationId - a.reservationId;
}
