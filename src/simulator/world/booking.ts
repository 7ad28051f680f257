import { DAY_MS, HOUR_MS, SECOND_MS } from "../../domain/time.ts";
import type { BookingFacts, ChannelFacts, ListingFacts, Party } from "../facts.ts";
import {
  chance,
  digits,
  hash,
  hex,
  integer,
  pick,
  type Random,
  random,
  STREAM,
  skewed,
  weighted,
} from "../random.ts";
import { floorTo } from "../time.ts";
import { channelReservationId, confirmationCode, makeGuest } from "./guest.ts";

const FIRST_RESERVATION_ID = 30_000_000;
const FIRST_CONVERSATION_ID = 40_000_000;

/** Hostaway's channel numbers (documentation, "Channels"); the share of each is invented. */
const CHANNEL_SHARES: readonly [readonly [number, ChannelFacts], ...(readonly [number, ChannelFacts])[]] = [
  [450, { id: 2018, name: "airbnbOfficial", source: null, platform: "airbnb" }],
  [6, { id: 2001, name: "airbnb", source: null, platform: "airbnb" }],
  [130, { id: 2002, name: "homeaway", source: "VRBO", platform: "vrbo" }],
  [210, { id: 2005, name: "bookingcom", source: null, platform: "bookingcom" }],
  [50, { id: 2007, name: "expedia", source: null, platform: "expedia" }],
  [80, { id: 2000, name: "direct", source: null, platform: "direct" }],
  [50, { id: 2013, name: "bookingengine", source: null, platform: "booking_engine" }],
  [8, { id: 2019, name: "marriott", source: null, platform: "marriott" }],
  [12, { id: 2022, name: "google", source: null, platform: "google" }],
  [4, { id: 2099, name: "newchannel", source: null, platform: "unknown" }],
];

const CUSTOM_CALENDAR: ChannelFacts = { id: 2015, name: "customIcal", source: null, platform: "custom_ical" };

export interface BookingPlan {
  readonly seed: number;
  readonly listings: readonly ListingFacts[];
  /** No booking made by the generator is changed after this moment. */
  readonly now: number;
}

/** Inquiries are reservations too (recorded: 18 %). */
export function isInquiry(status: string): boolean {
  return status.startsWith("inquiry");
}

export function reservationIdOf(seed: number, index: number): number {
  return FIRST_RESERVATION_ID + 2 * index + 1 + (hash(seed, STREAM.booking, index, 1) % 2);
}

export function conversationIdOf(seed: number, index: number): number {
  return FIRST_CONVERSATION_ID + 3 * index + 1 + (hash(seed, STREAM.booking, index, 2) % 3);
}

export function makeBooking(
  plan: BookingPlan,
  index: number,
  bookedAt: number,
  kind: "with thread" | "calendar only",
): BookingFacts {
  const r = random(plan.seed, STREAM.booking, index);
  const channel = kind === "calendar only" ? CUSTOM_CALENDAR : weighted(r, CHANNEL_SHARES);
  const listing = plan.listings[Math.floor(r() * plan.listings.length)] as ListingFacts;
  const stay = makeStay(r, bookedAt);
  const outcome = makeOutcome(r, kind, bookedAt, Math.min(plan.now, stay.arrival));
  const code = confirmationCode(r);
  return {
    index,
    reservationId: reservationIdOf(plan.seed, index),
    conversationId: kind === "calendar only" ? null : conversationIdOf(plan.seed, index),
    listingId: listing.id,
    channel,
    threadType: channel.id === 2002 && isInquiry(outcome.status) ? "host-guest-native" : "host-guest-email",
    guest: makeGuest(r, channel),
    party: makeParty(r, listing.capacity),
    ...outcome,
    ...stay,
    confirmationCode: chance(r, 0.35) ? null : code,
    channelReservationId: channelReservationId(r, channel, listing.id, code),
    checkIn: listing.checkInFrom,
    checkOut: listing.checkOutUntil,
    datesUnspecified: isInquiry(outcome.status) && chance(r, 0.06),
    ...makePrice(r, stay.nights, listing.price, outcome.status),
    currency: listing.currency,
    bookedAt,
    insertedAt: bookedAt + integer(r, 0, 3) * SECOND_MS,
    doorCode: `CANARY-code-${digits(r, 6)}`,
    hostRelayEmail: `c-${hex(r, 32)}@host.hostaway.info`,
  };
}

function makeStay(r: Random, bookedAt: number) {
  const arrival = floorTo(DAY_MS, bookedAt) + Math.round(skewed(r, 21, 240)) * DAY_MS;
  const nights = Math.max(1, Math.round(skewed(r, 3.5, 28)));
  return { arrival, departure: arrival + nights * DAY_MS, nights };
}

function makeOutcome(r: Random, kind: string, bookedAt: number, latest: number) {
  const status =
    kind === "calendar only"
      ? "new"
      : weighted(r, [
          [46, "modified"],
          [25, "new"],
          [16, "inquiry"],
          [1, "inquiryPreapproved"],
          [1, "inquiryNotPossible"],
          [8, "cancelled"],
          [2, "declined"],
          [1, "pending"],
        ]);
  const cancelled = status === "cancelled";
  const span = Math.max(0, latest - bookedAt);
  return {
    status,
    paymentStatus: weighted<string | null>(r, [
      [60, "Paid"],
      [20, "Unpaid"],
      [14, "Unknown"],
      [6, null],
    ]),
    cancelledAt: cancelled ? floorTo(SECOND_MS, bookedAt + r() * span) : null,
    cancelledBy: cancelled && chance(r, 0.6) ? pick(r, ["guest", "host"]) : null,
  };
}

function makeParty(r: Random, capacity: number): Party {
  const adults = integer(r, 1, Math.max(1, Math.min(capacity, 6)));
  const children = chance(r, 0.25) ? integer(r, 1, 3) : 0;
  return {
    guests: adults + children,
    adults: chance(r, 0.07) ? null : adults,
    children: chance(r, 0.07) ? null : children,
    infants: chance(r, 0.2) ? null : chance(r, 0.1) ? 1 : 0,
    pets: chance(r, 0.27) ? null : chance(r, 0.1) ? 1 : 0,
  };
}

/** Whole amounts come as integers, others as floats (recorded: both in one column). */
function makePrice(r: Random, nights: number, perNight: number, status: string) {
  const cleaningCents = integer(r, 30, 160) * 100;
  const exact = nights * perNight * 100 + cleaningCents;
  const priceCents =
    status === "cancelled" && chance(r, 0.3) ? 0 : chance(r, 0.4) ? exact : exact + integer(r, 1, 99);
  return { priceCents, cleaningCents };
}

/** Spreads the account's bookings over its history, oldest first. */
export function bookedAtOf(seed: number, index: number, total: number, now: number): number {
  const span = Math.min(900, Math.max(60, total * 1.15)) * DAY_MS;
  const jitter = hash(seed, STREAM.booking, index, 3) / 4294967296;
  const age = (1 - (index + jitter) / total) * span;
  return floorTo(SECOND_MS, now - HOUR_MS - age);
}
