import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../domain/time.ts";
import type { BookingFacts, Marks } from "../facts.ts";
import { chance, integer, type Random } from "../random.ts";
import { floorTo } from "../time.ts";
import type { PlannedMessage } from "./thread-plan.ts";

/**
 * The activity marks of a thread when the world began. Recorded: `messageReceivedOn` is the insertion of the
 * last incoming message (48 of 48, ±1 s); `messageSentOn` is the date of the last sent host message (40 of
 * 42; twice a second host message soon after was not reflected); the reservation's `updatedOn` is never
 * before either, and in 17 % of cases later for some other reason.
 */
export function marksOf(
  r: Random,
  booking: BookingFacts,
  slots: readonly PlannedMessage[],
  now: number,
): Marks {
  const sentAt = lastSent(r, slots);
  const received = slots.filter((slot) => slot.author === "guest").map((slot) => slot.insertedAt);
  const receivedAt =
    received.length === 0 ? null : Math.min(now, maximum(received) + (chance(r, 0.2) ? SECOND_MS : 0));
  const touched = slots
    .filter((slot) => slot.status === "sent")
    .map((slot) => Math.max(slot.at, slot.updatedAt));
  const latestActivityAt = Math.min(now, maximum([booking.insertedAt, receivedAt ?? 0, ...touched]));
  const later = chance(r, 0.17) ? integer(r, 1, chance(r, 0.1) ? 349 * DAY_MS : 3 * DAY_MS) : 0;
  return {
    sentAt,
    receivedAt,
    unread: true,
    latestActivityAt,
    reservationUpdatedAt: floorTo(
      SECOND_MS,
      Math.min(now, maximum([latestActivityAt, booking.cancelledAt ?? 0]) + later),
    ),
  };
}

function lastSent(r: Random, slots: readonly PlannedMessage[]): number | null {
  const dates = slots
    .filter((slot) => slot.author !== "guest" && slot.status === "sent")
    .map((slot) => slot.at)
    .sort((a, b) => b - a);
  const [last, before] = dates;
  if (last === undefined) return null;
  return before !== undefined && last - before < 30 * MINUTE_MS && chance(r, 0.3) ? before : last;
}

function maximum(moments: readonly number[]): number {
  return moments.reduce((latest, one) => Math.max(latest, one), 0);
}
