import type { BookingFacts, ListingFacts, Marks, MessageFacts } from "../facts.ts";
import { hash, random, STREAM } from "../random.ts";
import { conversationIdOf, makeBooking, reservationIdOf } from "./booking.ts";
import { createGenerator, type Generator, type WorldOptions } from "./generator.ts";
import { makeListings } from "./listing.ts";
import { marksOf } from "./marks.ts";
import type { PlannedMessage } from "./thread-plan.ts";

const FIRST_MESSAGE_ID = 300_000_000;

/** The changes of a thread since the start. */
export interface OpenThread {
  booking: BookingFacts;
  /** By id, ascending. */
  messages: MessageFacts[];
  /** Deleted messages, which can be restored. */
  deleted: MessageFacts[];
}

/** A booking with its thread, with the fields that the lists need. */
export interface Entry {
  readonly index: number;
  readonly reservationId: number;
  readonly conversationId: number | null;
  readonly firstMessageId: number;
  marks: Marks;
  conversationDeleted: boolean;
  /** Null until its first change. */
  open: OpenThread | null;
}

/** A message that was scheduled when the world began. */
export interface Awaiting {
  readonly at: number;
  readonly entry: Entry;
  readonly messageId: number;
}

export interface World {
  readonly seed: number;
  readonly listings: ListingFacts[];
  readonly entries: readonly Entry[];
  readonly awaiting: readonly Awaiting[];
  now: number;
  listing(id: number): ListingFacts;
  booking(entry: Entry): BookingFacts;
  /** By id, ascending. */
  messages(entry: Entry): readonly MessageFacts[];
  /** The message with the highest id. */
  newest(entry: Entry): MessageFacts | null;
  /** Makes a thread changeable. */
  open(entry: Entry): OpenThread;
  /** Adds a booking made now, without messages. */
  add(): Entry;
  nextMessageId(): number;
  byConversation(id: number): Entry | undefined;
  deletedConversation(id: number): Entry | undefined;
  byReservation(id: number): Entry | undefined;
}

export function createWorld(options: WorldOptions): World {
  const { seed } = options;
  const listings = makeListings(seed, options.listings, options.now);
  const listingById = new Map(listings.map((one) => [one.id, one]));
  const listing = (id: number) => listingById.get(id) as ListingFacts;
  // Messages from before a listing was renamed keep its old name.
  const asBegun = new Map(listings.map((one) => [one.id, { ...one }]));
  const generator = createGenerator(options, [...asBegun.values()], (id) => asBegun.get(id) as ListingFacts);
  const population = populate(options, generator);
  const registry = createRegistry(population.entries);
  let nextMessageId = population.nextMessageId;

  const world: World = {
    seed,
    listings,
    entries: population.entries,
    awaiting: population.awaiting,
    now: options.now,
    listing,
    ...readers(generator),
    open(entry) {
      entry.open ??= { booking: world.booking(entry), messages: [...world.messages(entry)], deleted: [] };
      return entry.open;
    },
    add() {
      const index = population.entries.length;
      const booking = makeBooking({ seed, listings, now: world.now }, index, world.now, "with thread");
      const entry = entryOf(seed, booking, [], nextMessageId, world.now);
      entry.open = { booking, messages: [], deleted: [] };
      population.entries.push(entry);
      registry.add(entry);
      return entry;
    },
    nextMessageId: () => nextMessageId++,
    byConversation: registry.byConversation,
    deletedConversation: registry.deletedConversation,
    byReservation: registry.byReservation,
  };
  return world;
}

/**
 * Plans every thread once, for its marks, its message ids and its waiting messages, without keeping the
 * messages.
 */
function populate(options: WorldOptions, generator: Generator) {
  const entries: Entry[] = [];
  const awaiting: Awaiting[] = [];
  let nextMessageId = FIRST_MESSAGE_ID;
  for (let index = 0; index < options.conversations + options.calendarBookings; index++) {
    const booking = generator.booking(index);
    const slots = generator.slots(booking);
    const firstMessageId = nextMessageId + (hash(options.seed, STREAM.message, index) % 3);
    const entry = entryOf(options.seed, booking, slots, firstMessageId, options.now);
    entries.push(entry);
    nextMessageId = firstMessageId + slots.length;
    slots.forEach((slot, nth) => {
      if (slot.status === "awaiting") awaiting.push({ at: slot.at, entry, messageId: firstMessageId + nth });
    });
  }
  return { entries, awaiting, nextMessageId };
}

function entryOf(
  seed: number,
  booking: BookingFacts,
  slots: readonly PlannedMessage[],
  firstMessageId: number,
  now: number,
): Entry {
  const { index, conversationId } = booking;
  return {
    index,
    reservationId: reservationIdOf(seed, index),
    conversationId: conversationId === null ? null : conversationIdOf(seed, index),
    firstMessageId,
    marks: marksOf(random(seed, STREAM.thread, index, 1), booking, slots, now),
    conversationDeleted: false,
    open: null,
  };
}

/** Reads the changed threads, and generates the others from the seed. */
function readers(generator: Generator): Pick<World, "booking" | "messages" | "newest"> {
  return {
    booking: (entry) => entry.open?.booking ?? generator.booking(entry.index),
    messages(entry) {
      if (entry.open) return entry.open.messages;
      const booking = generator.booking(entry.index);
      const slots = generator.slots(booking);
      return slots.map((slot, nth) => generator.message(booking, slot, entry.firstMessageId + nth));
    },
    newest(entry) {
      if (entry.open) return entry.open.messages.at(-1) ?? null;
      const booking = generator.booking(entry.index);
      const slots = generator.slots(booking);
      const last = slots.at(-1);
      const id = entry.firstMessageId + slots.length - 1;
      return last === undefined ? null : generator.message(booking, last, id);
    },
  };
}

function createRegistry(entries: readonly Entry[]) {
  const conversations = new Map<number, Entry>();
  const reservations = new Map<number, Entry>();
  function add(entry: Entry): void {
    reservations.set(entry.reservationId, entry);
    if (entry.conversationId !== null) conversations.set(entry.conversationId, entry);
  }
  entries.forEach(add);
  return {
    add,
    byConversation(id: number): Entry | undefined {
      const entry = conversations.get(id);
      return entry?.conversationDeleted ? undefined : entry;
    },
    deletedConversation(id: number): Entry | undefined {
      const entry = conversations.get(id);
      return entry?.conversationDeleted ? entry : undefined;
    },
    byReservation: (id: number): Entry | undefined => reservations.get(id),
  };
}
