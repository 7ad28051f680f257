import { SECOND_MS } from "../../domain/time.ts";
import type { BookingFacts, ListingFacts, Marks, Medium, MessageFacts, Status } from "../facts.ts";
import { hash, random, STREAM } from "../random.ts";
import { floorTo } from "../time.ts";
import { writeMessage } from "./message.ts";
import { automationSlots, type PlannedMessage, phaseAt } from "./thread-plan.ts";
import type { Entry, World } from "./world.ts";

/** The given fields of a new message; all others are invented. */
export interface NewMessage {
  readonly text?: string;
  readonly html?: boolean;
  /**
   * The time of writing; an earlier time than now makes a back-dated message, which `insertedOn` alone shows.
   */
  readonly at?: Date;
  readonly medium?: Medium;
}

export interface NewHostMessage extends NewMessage {
  readonly status?: Status;
  /** False: the conversation's `messageSentOn` does not move (recorded in 2 of 42). */
  readonly reflected?: boolean;
}

export interface ReservationChange {
  readonly status?: string;
  readonly price?: number;
  readonly guestName?: string;
  readonly arrival?: Date;
  readonly departure?: Date;
}

export interface NewConversation {
  /** The guest's first message; null: the thread starts empty. */
  readonly text?: string | null;
  readonly inquiry?: boolean;
}

/** The changes of an account, all at the world's present moment. */
export interface Changes {
  guestWrites(conversationId: number, message?: NewMessage): number;
  hostReplies(conversationId: number, message?: NewHostMessage): number;
  /** An automation is triggered and sent at once. */
  automationWrites(conversationId: number, message?: NewMessage): number;
  /** An automation is scheduled; the world sends it under the same id when `at` comes. */
  scheduleMessage(conversationId: number, at: Date, message?: NewMessage): number;
  editMessage(conversationId: number, messageId: number, text: string): void;
  setMessageStatus(conversationId: number, messageId: number, status: Status): void;
  deleteMessage(conversationId: number, messageId: number): void;
  /** Undoes a deletion; a message that should have been sent meanwhile is never sent. */
  restoreMessage(conversationId: number, messageId: number): void;
  deleteConversation(conversationId: number): void;
  /** Undoes a deletion, like `restoreMessage`. */
  restoreConversation(conversationId: number): void;
  changeReservation(reservationId: number, change: ReservationChange): void;
  renameListing(listingId: number, name: string, internalName?: string | null): void;
  addConversation(conversation?: NewConversation): { conversationId: number; reservationId: number };
}

export interface ChangeHooks {
  /** A row of a list may have moved. */
  changed(): void;
  /** A message was scheduled. */
  awaits(at: number, entry: Entry, messageId: number): void;
}

export function createChanges(world: World, hooks: ChangeHooks): Changes {
  const tools = createTools(world, hooks);
  return { ...messageChanges(tools), ...bookingChanges(tools) };
}

type Tools = ReturnType<typeof createTools>;

function createTools(world: World, hooks: ChangeHooks) {
  return {
    world,
    hooks,
    thread(conversationId: number): Entry {
      const entry = world.byConversation(conversationId);
      if (!entry) throw new RangeError(`no conversation ${conversationId}`);
      return entry;
    },
    /** Activity moves the marks of a thread and of its reservation. */
    touch(entry: Entry, marks: Partial<Marks>): void {
      const now = { reservationUpdatedAt: world.now, latestActivityAt: world.now };
      entry.marks = { ...entry.marks, ...now, ...marks };
      hooks.changed();
    },
    write(entry: Entry, slot: PlannedMessage, wish: NewMessage): MessageFacts {
      const { booking, messages } = world.open(entry);
      const id = world.nextMessageId();
      const r = random(world.seed, STREAM.message, id);
      const written = writeMessage(r, id, slot, booking, world.listing(booking.listingId));
      const message = { ...written, ...wishes(wish) };
      messages.push(message);
      return message;
    },
  };
}

function sentAfter(marks: Marks, at: number): Partial<Marks> {
  return { sentAt: Math.max(at, marks.sentAt ?? 0) };
}

function findMessage(
  messages: readonly MessageFacts[],
  messageId: number,
  kind: "message" | "deleted message" = "message",
): MessageFacts {
  const message = messages.find((one) => one.id === messageId);
  if (!message) throw new RangeError(`no ${kind} ${messageId} in this conversation`);
  return message;
}

function move(message: MessageFacts, from: MessageFacts[], to: MessageFacts[]): void {
  from.splice(from.indexOf(message), 1);
  to.push(message);
  to.sort((a, b) => a.id - b.id);
}

type MessageChange =
  | "guestWrites"
  | "hostReplies"
  | "automationWrites"
  | "scheduleMessage"
  | "editMessage"
  | "setMessageStatus"
  | "deleteMessage"
  | "restoreMessage";

function messageChanges({ world, hooks, thread, touch, write }: Tools): Pick<Changes, MessageChange> {
  return {
    guestWrites(conversationId, wish = {}) {
      const entry = thread(conversationId);
      const message = write(entry, slotNow(world, entry, "guest", wish), wish);
      touch(entry, { receivedAt: message.insertedAt, unread: true });
      return message.id;
    },
    hostReplies(conversationId, wish = {}) {
      const entry = thread(conversationId);
      const slot = { ...slotNow(world, entry, "host", wish), status: wish.status ?? "sent" };
      const message = write(entry, slot, wish);
      const reflected = message.status === "sent" && wish.reflected !== false;
      touch(entry, reflected ? sentAfter(entry.marks, message.at) : {});
      return message.id;
    },
    automationWrites(conversationId, wish = {}) {
      const entry = thread(conversationId);
      const message = write(entry, slotNow(world, entry, "automation", wish), wish);
      touch(entry, sentAfter(entry.marks, message.at));
      return message.id;
    },
    scheduleMessage(conversationId, at, wish = {}) {
      const entry = thread(conversationId);
      const slot: PlannedMessage = {
        ...slotNow(world, entry, "automation", {}),
        at: floorTo(SECOND_MS, at.getTime()),
      };
      const message = write(entry, { ...slot, status: "awaiting", sentChannelAt: null }, wish);
      hooks.awaits(message.at, entry, message.id);
      hooks.changed();
      return message.id;
    },
    editMessage(conversationId, messageId, text) {
      const message = findMessage(world.open(thread(conversationId)).messages, messageId);
      Object.assign(message, { text, markup: "plain", updatedAt: world.now });
    },
    setMessageStatus(conversationId, messageId, status) {
      const entry = thread(conversationId);
      const message = findMessage(world.open(entry).messages, messageId);
      Object.assign(message, { status, updatedAt: world.now });
      if (status !== "sent") return;
      if (message.author === "automation") message.sentChannelAt = world.now;
      touch(entry, message.author === "guest" ? {} : sentAfter(entry.marks, Math.min(message.at, world.now)));
    },
    deleteMessage(conversationId, messageId) {
      const { messages, deleted } = world.open(thread(conversationId));
      move(findMessage(messages, messageId), messages, deleted);
      hooks.changed();
    },
    restoreMessage(conversationId, messageId) {
      const { messages, deleted } = world.open(thread(conversationId));
      move(findMessage(deleted, messageId, "deleted message"), deleted, messages);
      hooks.changed();
    },
  };
}

function bookingChanges(tools: Tools): Omit<Changes, MessageChange> {
  const { world, hooks, thread, touch } = tools;
  return {
    deleteConversation(conversationId) {
      thread(conversationId).conversationDeleted = true;
      hooks.changed();
    },
    restoreConversation(conversationId) {
      const entry = world.deletedConversation(conversationId);
      if (!entry) throw new RangeError(`no deleted conversation ${conversationId}`);
      entry.conversationDeleted = false;
      hooks.changed();
    },
    changeReservation(reservationId, wish) {
      const entry = world.byReservation(reservationId);
      if (!entry) throw new RangeError(`no reservation ${reservationId}`);
      const open = world.open(entry);
      open.booking = changedBooking(open.booking, wish, world.now);
      // Recorded: in 5 of 17 reservations `updatedOn` was later than `latestActivityOn`.
      const silent = hash(reservationId, world.now / SECOND_MS) % 3 === 0;
      touch(entry, silent ? { latestActivityAt: entry.marks.latestActivityAt } : {});
    },
    renameListing(listingId, name, internalName) {
      const listing: ListingFacts | undefined = world.listings.find((one) => one.id === listingId);
      if (!listing) throw new RangeError(`no listing ${listingId}`);
      listing.name = name;
      if (internalName !== undefined) listing.internalName = internalName;
      listing.activityAt = world.now;
      hooks.changed();
    },
    addConversation: (wish = {}) => addConversation(tools, wish),
  };
}

function addConversation(tools: Tools, wish: NewConversation) {
  const { world, hooks, write } = tools;
  const entry = world.add();
  const open = world.open(entry);
  if (wish.inquiry)
    open.booking = { ...open.booking, status: "inquiry", cancelledAt: null, cancelledBy: null };
  for (const slot of automationSlots(open.booking, world.listing(open.booking.listingId))) {
    const message = write(entry, slot, {});
    hooks.awaits(message.at, entry, message.id);
  }
  hooks.changed();
  const conversationId = entry.conversationId as number;
  if (wish.text !== null)
    messageChanges(tools).guestWrites(conversationId, wish.text === undefined ? {} : { text: wish.text });
  return { conversationId, reservationId: entry.reservationId };
}

function wishes(wish: NewMessage): Partial<MessageFacts> {
  const said: Partial<MessageFacts> =
    wish.text === undefined
      ? {}
      : { text: wish.text, markup: "plain", attachments: [], imageUrls: null, oldShape: false };
  if (wish.html === true) said.markup = "html";
  if (wish.medium !== undefined) said.medium = wish.medium;
  return said;
}

function slotNow(
  world: World,
  entry: Entry,
  author: PlannedMessage["author"],
  wish: NewMessage,
): PlannedMessage {
  const at = wish.at ? floorTo(SECOND_MS, wish.at.getTime()) : world.now;
  const { booking } = world.open(entry);
  const topic = hash(world.seed, STREAM.event, world.now / SECOND_MS, entry.index);
  const about = { phase: phaseAt(booking, world.now), topic, opening: false };
  return {
    author,
    intent:
      author === "automation"
        ? { kind: "automation", name: "midStay" }
        : { kind: author === "guest" ? "ask" : "answer", ...about },
    at,
    insertedAt: world.now,
    updatedAt: world.now,
    sentChannelAt: author === "automation" ? world.now : null,
    status: "sent",
    inApp: author === "host" && topic % 2 === 0,
  };
}

function changedBooking(booking: BookingFacts, wish: ReservationChange, now: number): BookingFacts {
  const changed = { ...booking };
  if (wish.price !== undefined) changed.priceCents = Math.round(wish.price * 100);
  if (wish.arrival) changed.arrival = wish.arrival.getTime();
  if (wish.departure) changed.departure = wish.departure.getTime();
  changed.nights = Math.round((changed.departure - changed.arrival) / (24 * 60 * 60 * SECOND_MS));
  if (wish.guestName !== undefined) changed.guest = { ...booking.guest, reservationName: wish.guestName };
  if (wish.status !== undefined) {
    changed.status = wish.status;
    changed.cancelledAt = wish.status === "cancelled" ? now : booking.cancelledAt;
  }
  return changed;
}
