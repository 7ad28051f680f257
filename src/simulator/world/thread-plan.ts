import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../domain/time.ts";
import { AUTOMATIONS, type AutomationName } from "../content/phrases.ts";
import type { Author, BookingFacts, ListingFacts, Status } from "../facts.ts";
import { chance, integer, type Random, skewed, weighted } from "../random.ts";
import { floorTo, momentAt } from "../time.ts";
import { isInquiry } from "./booking.ts";

export type Phase = "inquiry" | "before" | "during" | "arrived" | "after";

/** The purpose of a message; its text is generated only when it is read. */
export type MessageIntent =
  | {
      readonly kind: "ask" | "answer";
      readonly phase: Phase;
      readonly topic: number;
      readonly opening: boolean;
    }
  | { readonly kind: "thanks" | "photo" | "note" }
  | { readonly kind: "automation"; readonly name: AutomationName };

/** The part of a message that decides order, marks and counts. Cheap: every thread is planned at start. */
export interface PlannedMessage {
  author: Author;
  intent: MessageIntent;
  at: number;
  insertedAt: number;
  updatedAt: number;
  sentChannelAt: number | null;
  status: Status;
  /** Whether the host wrote it in the channel's own app instead of in Hostaway. */
  inApp: boolean;
}

export interface MessageCount {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

export function drawCount(r: Random, count: MessageCount): number {
  if (chance(r, 0.004) && count.min === 0) return 0;
  const drawn = Math.round(count.mean * 0.68 * Math.exp(1.1 * (r() + r() + r() - 1.5)) ** 1.6);
  return Math.min(count.max, Math.max(count.min, Math.max(1, drawn)));
}

/** A thread's messages, oldest insertion first: that is the order of their ids. */
export function planThread(
  r: Random,
  booking: BookingFacts,
  listing: ListingFacts,
  now: number,
  total: number,
): PlannedMessage[] {
  const automations = planAutomations(r, booking, listing, now, total);
  const talk = planTalk(r, booking, now, total - automations.length);
  return [...automations, ...talk].sort((a, b) => a.insertedAt - b.insertedAt);
}

function planAutomations(
  r: Random,
  booking: BookingFacts,
  listing: ListingFacts,
  now: number,
  total: number,
): PlannedMessage[] {
  if (isInquiry(booking.status) || booking.status === "declined") return [];
  const wanted = Math.min(AUTOMATIONS.length, Math.ceil(total * 0.45));
  return AUTOMATIONS.slice(0, wanted).map((name) => {
    const at = name === "booked" ? booking.bookedAt + 90 * SECOND_MS : automationTime(name, booking, listing);
    return automationSlot(r, name, Math.max(at, booking.bookedAt + 90 * SECOND_MS), booking, now);
  });
}

/** When each automation is due: hours are local hours at the property. */
export function automationTime(name: AutomationName, booking: BookingFacts, listing: ListingFacts): number {
  switch (name) {
    case "booked":
      return booking.bookedAt + 90 * SECOND_MS;
    case "checkIn":
      return momentAt(listing.zone, booking.arrival - 2 * DAY_MS, booking.checkIn);
    case "midStay":
      return momentAt(listing.zone, booking.arrival + DAY_MS, 10);
    case "checkOut":
      return momentAt(listing.zone, booking.departure - DAY_MS, 18);
    case "review":
      return momentAt(listing.zone, booking.departure + DAY_MS, 12);
  }
}

/** Waiting messages are made with the booking; some are made anew when it is modified. */
function madeAt(r: Random, at: number, booking: BookingFacts, now: number): number {
  const first = booking.bookedAt + integer(r, 3, 40) * SECOND_MS;
  if (booking.status !== "modified" || at <= now || chance(r, 0.5)) return first;
  return floorTo(SECOND_MS, first + r() * Math.max(0, now - first));
}

function automationSlot(
  r: Random,
  name: AutomationName,
  at: number,
  booking: BookingFacts,
  now: number,
): PlannedMessage {
  const made = madeAt(r, at, booking, now);
  const sent = at + integer(r, 5, 80) * SECOND_MS;
  const slot: PlannedMessage = {
    author: "automation",
    intent: { kind: "automation", name },
    at,
    insertedAt: Math.min(made, now),
    updatedAt: Math.min(made, now),
    sentChannelAt: null,
    status: "awaiting",
    inApp: false,
  };
  if (booking.cancelledAt !== null && at > booking.cancelledAt)
    return {
      ...slot,
      status: "cancelled_by_system",
      updatedAt: Math.max(slot.insertedAt, booking.cancelledAt),
    };
  if (sent > now)
    return chance(r, 0.04)
      ? { ...slot, status: "paused" }
      : chance(r, 0.03)
        ? { ...slot, status: "cancelled_by_user" }
        : slot;
  const lateInsert = chance(r, 0.5) ? at : slot.insertedAt;
  return { ...slot, insertedAt: lateInsert, status: "sent", sentChannelAt: sent, updatedAt: sent };
}

/** The automations of a booking made just now: all of them wait. */
export function automationSlots(booking: BookingFacts, listing: ListingFacts): PlannedMessage[] {
  if (isInquiry(booking.status) || booking.status === "declined" || booking.cancelledAt !== null) return [];
  return AUTOMATIONS.map((name) => ({
    author: "automation",
    intent: { kind: "automation", name },
    at: Math.max(automationTime(name, booking, listing), booking.bookedAt + 90 * SECOND_MS),
    insertedAt: booking.bookedAt,
    updatedAt: booking.bookedAt,
    sentChannelAt: null,
    status: "awaiting",
    inApp: false,
  }));
}

function planTalk(r: Random, booking: BookingFacts, now: number, wanted: number): PlannedMessage[] {
  const slots: PlannedMessage[] = [];
  const guestSilent = chance(r, 0.05);
  let rounds = 0;
  for (const start of roundStarts(r, booking, now, Math.ceil(wanted / 2))) {
    const left = wanted - slots.length;
    if (left <= 0) break;
    addRound(r, slots, booking, start, now, { left, guestSilent, opening: rounds === 0 });
    rounds++;
  }
  return slots;
}

/** Guests write when they book, around their arrival and during their stay. */
function roundStarts(r: Random, booking: BookingFacts, now: number, count: number): number[] {
  const first = booking.bookedAt + 4 * MINUTE_MS;
  const last = Math.max(first, Math.min(now - MINUTE_MS, booking.departure + 2 * DAY_MS));
  const starts: number[] = [];
  for (let i = 0; i < count; i++) {
    const wish = weighted(r, [
      [40, first + skewed(r, 8 * HOUR_MS, 6 * DAY_MS)],
      [40, booking.arrival - 2 * DAY_MS + r() * (booking.departure - booking.arrival + 4 * DAY_MS)],
      [20, first + r() * (last - first)],
    ]);
    starts.push(floorTo(SECOND_MS, wish >= first && wish <= last ? wish : first + r() * (last - first)));
  }
  return starts.sort((a, b) => a - b);
}

interface Round {
  readonly left: number;
  readonly guestSilent: boolean;
  readonly opening: boolean;
}

function addRound(
  r: Random,
  slots: PlannedMessage[],
  booking: BookingFacts,
  start: number,
  now: number,
  round: Round,
) {
  const phase = phaseAt(booking, start);
  const topic = integer(r, 0, 9999);
  const opening = round.opening;
  if (round.guestSilent) {
    slots.push(hostSlot(r, start, now, { kind: "note" }));
    if (round.left > 1) slots.push(hostSlot(r, start + integer(r, 3, 30) * MINUTE_MS, now, { kind: "note" }));
    return;
  }
  const ask: MessageIntent = chance(r, 0.03) ? { kind: "photo" } : { kind: "ask", phase, topic, opening };
  slots.push(guestSlot(r, start, now, ask));
  if (round.left === 1) return;
  const answered = start + skewed(r, 20 * MINUTE_MS, 10 * HOUR_MS);
  if (chance(r, 0.1)) slots.push(guestSlot(r, answered, now, { kind: "thanks" }));
  else slots.push(hostSlot(r, answered, now, { kind: "answer", phase, topic, opening }));
}

export function phaseAt(booking: BookingFacts, at: number): Phase {
  if (isInquiry(booking.status)) return "inquiry";
  if (at < booking.arrival + 6 * HOUR_MS) return "before";
  if (at < booking.arrival + 20 * HOUR_MS) return "arrived";
  return at < booking.departure + 6 * HOUR_MS ? "during" : "after";
}

/** Recorded: a guest's message is inserted 10–13 s after its date, now and then up to 2,325 s. */
export function insertionLag(r: Random): number {
  return (chance(r, 0.02) ? integer(r, 300, 2325) : integer(r, 2, 13)) * SECOND_MS;
}

function guestSlot(r: Random, at: number, now: number, intent: MessageIntent): PlannedMessage {
  const date = floorTo(SECOND_MS, Math.min(at, now - SECOND_MS));
  const insertedAt = Math.min(now, date + insertionLag(r));
  const base = { author: "guest", intent, sentChannelAt: null, status: "sent", inApp: false } as const;
  return { ...base, at: date, insertedAt, updatedAt: insertedAt };
}

function hostSlot(r: Random, at: number, now: number, intent: MessageIntent): PlannedMessage {
  const date = floorTo(SECOND_MS, Math.min(at, now - SECOND_MS));
  const inApp = chance(r, 0.6);
  const status = chance(r, 0.004) ? "failed" : chance(r, 0.002) ? "queued" : "sent";
  const sent = status === "sent" && !inApp ? Math.min(now, date + integer(r, 1, 3) * SECOND_MS) : null;
  const insertedAt = inApp ? Math.min(now, date + integer(r, 3, 14) * SECOND_MS) : date;
  return {
    author: "host",
    intent,
    at: date,
    insertedAt,
    updatedAt: Math.max(insertedAt, sent ?? 0),
    sentChannelAt: sent,
    status: inApp ? "sent" : status,
    inApp,
  };
}
