import type { BookingFacts, ListingFacts, MessageFacts } from "../facts.ts";
import { random, STREAM } from "../random.ts";
import { bookedAtOf, makeBooking } from "./booking.ts";
import { writeMessage } from "./message.ts";
import { drawCount, type MessageCount, type PlannedMessage, planThread } from "./thread-plan.ts";

export interface WorldOptions {
  readonly seed: number;
  readonly conversations: number;
  readonly calendarBookings: number;
  readonly listings: number;
  readonly messages: MessageCount;
  /** Milliseconds since 1970, a whole second. */
  readonly now: number;
}

/** The account as it was at the start: everything follows from the seed, so nothing is stored. */
export interface Generator {
  booking(index: number): BookingFacts;
  slots(booking: BookingFacts): PlannedMessage[];
  message(booking: BookingFacts, slot: PlannedMessage, id: number): MessageFacts;
}

export function createGenerator(
  options: WorldOptions,
  listings: readonly ListingFacts[],
  listing: (id: number) => ListingFacts,
): Generator {
  const { seed, conversations, calendarBookings, now } = options;

  /** Calendar bookings come last, but are spread over the same history. */
  function generate(index: number): BookingFacts {
    const plan = { seed, listings, now };
    if (index < conversations)
      return makeBooking(plan, index, bookedAtOf(seed, index, conversations, now), "with thread");
    const bookedAt = bookedAtOf(seed, index - conversations, calendarBookings, now);
    return makeBooking(plan, index, bookedAt, "calendar only");
  }

  // One response needs the same booking several times in a row.
  let latest: BookingFacts | null = null;

  return {
    booking(index) {
      if (latest?.index !== index) latest = generate(index);
      return latest;
    },
    slots(booking) {
      if (booking.conversationId === null) return [];
      const r = random(seed, STREAM.thread, booking.index);
      const count = drawCount(r, options.messages);
      return planThread(r, booking, listing(booking.listingId), now, count);
    },
    message: (booking, slot, id) =>
      writeMessage(random(seed, STREAM.message, id), id, slot, booking, listing(booking.listingId)),
  };
}
