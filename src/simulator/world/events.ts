import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../domain/time.ts";
import type { Status } from "../facts.ts";
import { chance, integer, pick, type Random, random, STREAM, skewed, weighted } from "../random.ts";
import { floorTo } from "../time.ts";
import type { Changes } from "./changes.ts";
import { createHeap } from "./heap.ts";
import type { Entry, World } from "./world.ts";

/** Events a day per conversation of the account: a day of 787 conversations changes about 40 of them. */
const EVENTS_PER_DAY = 0.072;

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

export interface Events {
  /** Plays all events up to a moment, in order; one call or several make no difference. */
  playUntil(ms: number): void;
  /** Sends a scheduled message when its time comes, unless it was cancelled or deleted meanwhile. */
  sendWhenDue(at: number, entry: Entry, messageId: number): void;
}

export function createEvents(world: World, changes: () => Changes): Events {
  const agenda = createHeap<Planned>();
  let order = 0;
  let counter = 0;
  const plan = (at: number, happen: () => void) =>
    agenda.push({ at: floorTo(SECOND_MS, at), order: order++, happen });

  function sendWhenDue(at: number, entry: Entry, messageId: number): void {
    plan(Math.max(at, world.now), () => {
      const { conversationId } = entry;
      if (conversationId === null || entry.conversationDeleted) return;
      const message = world.open(entry).messages.find((one) => one.id === messageId);
      if (message?.status === "awaiting") changes().setMessageStatus(conversationId, messageId, "sent");
    });
  }

  /** Plans one event, which plans the next one. */
  function planNext(from: number): void {
    const r = random(world.seed, STREAM.event, counter++);
    const mean = DAY_MS / (EVENTS_PER_DAY * Math.max(1, world.entries.length));
    plan(from - Math.log(1 - r()) * mean + SECOND_MS, () => {
      happening(r, { world, changes: changes(), plan });
      planNext(world.now);
    });
  }

  for (const { at, entry, messageId } of world.awaiting) sendWhenDue(at, entry, messageId);
  planNext(world.now);

  return {
    sendWhenDue,
    playUntil(ms) {
      for (let next = agenda.peek(); next && next.at <= ms; next = agenda.peek()) {
        agenda.pop();
        world.now = Math.max(world.now, next.at);
        next.happen();
      }
      world.now = Math.max(world.now, floorTo(SECOND_MS, ms));
    },
  };
}

interface EventContext {
  readonly world: World;
  readonly changes: Changes;
  readonly plan: (at: number, happen: () => void) => void;
}

type Happening = (r: Random, stage: EventContext, entry: Entry, conversationId: number) => void;

function happening(r: Random, stage: EventContext): void {
  const entry = someThread(r, stage.world);
  if (!entry) return;
  weighted(r, HAPPENINGS)(r, stage, entry, entry.conversationId as number);
}

/** Mostly a recent thread, sometimes an old one. */
function someThread(r: Random, world: World): Entry | null {
  for (let tries = 0; tries < 8; tries++) {
    const back = chance(r, 0.12) ? r() : r() ** 4;
    const entry = world.entries[world.entries.length - 1 - Math.floor(back * world.entries.length)];
    if (entry && entry.conversationId !== null && !entry.conversationDeleted) return entry;
  }
  return null;
}

const guestAsks: Happening = (r, { world, changes, plan }, entry, conversationId) => {
  changes.guestWrites(conversationId, { at: new Date(world.now - integer(r, 2, 13) * SECOND_MS) });
  if (chance(r, 0.8))
    plan(world.now + skewed(r, 25 * MINUTE_MS, 9 * HOUR_MS), () => replyLater(changes, entry));
};

function replyLater(changes: Changes, entry: Entry): void {
  if (entry.conversationId !== null && !entry.conversationDeleted) changes.hostReplies(entry.conversationId);
}

const hostWritesTwice: Happening = (r, { world, changes, plan }, entry, conversationId) => {
  changes.hostReplies(conversationId);
  plan(world.now + integer(r, 2, 17) * MINUTE_MS, () => {
    if (!entry.conversationDeleted) changes.hostReplies(conversationId, { reflected: false });
  });
};

/** Recorded: `insertedOn` up to 2,325 s after `date`; the checklist asks for 40 minutes. */
const guestBackDated: Happening = (r, { world, changes }, _, conversationId) => {
  changes.guestWrites(conversationId, { at: new Date(world.now - integer(r, 300, 2400) * SECOND_MS) });
};

const messageEdited: Happening = (r, { world, changes }, entry, conversationId) => {
  const message = someMessage(r, world, entry, (one) => one.author !== "guest" && one.status === "sent");
  if (message) changes.editMessage(conversationId, message.id, `${message.text}\n\n(edited)`);
};

const statusChanged: Happening = (r, { world, changes }, entry, conversationId) => {
  const waiting = someMessage(r, world, entry, (one) => one.status === "awaiting");
  const status: Status = pick(r, ["cancelled_by_system", "cancelled_by_user", "paused"]);
  if (waiting) return changes.setMessageStatus(conversationId, waiting.id, status);
  const sent = someMessage(r, world, entry, (one) => one.author === "host" && one.status === "sent");
  if (sent) changes.setMessageStatus(conversationId, sent.id, "failed");
};

const reservationChanged: Happening = (r, { world, changes }, entry) => {
  const booking = world.booking(entry);
  changes.changeReservation(
    entry.reservationId,
    weighted(r, [
      [40, { price: (booking.priceCents + integer(r, -5000, 9000)) / 100, status: "modified" }],
      [25, { departure: new Date(booking.departure + DAY_MS), status: "modified" }],
      [20, { guestName: `${booking.guest.firstName ?? "Alex"} ${booking.guest.lastName ?? "Doe"}` }],
      [15, { status: "cancelled" }],
    ]),
  );
};

const messageDeleted: Happening = (r, { world, changes }, entry, conversationId) => {
  const message = someMessage(r, world, entry, () => true);
  if (message) changes.deleteMessage(conversationId, message.id);
};

const listingRenamed: Happening = (r, { world, changes }) => {
  const listing = world.listings[integer(r, 0, world.listings.length - 1)];
  if (!listing) return;
  const marked = (name: string) => (name.endsWith(" ★") ? name.slice(0, -2) : `${name} ★`);
  changes.renameListing(listing.id, marked(listing.name), marked(listing.internalName ?? listing.name));
};

const HAPPENINGS: readonly [readonly [number, Happening], ...(readonly [number, Happening])[]] = [
  [420, guestAsks],
  [100, (_, { changes }, __, conversationId) => void changes.hostReplies(conversationId)],
  [25, hostWritesTwice],
  [35, guestBackDated],
  [110, (_, { changes }, __, conversationId) => void changes.automationWrites(conversationId)],
  [25, messageEdited],
  [20, statusChanged],
  [140, reservationChanged],
  [60, (r, { changes }) => void changes.addConversation({ inquiry: chance(r, 0.3) })],
  [12, messageDeleted],
  [2, (_, { changes }, __, conversationId) => changes.deleteConversation(conversationId)],
  [4, listingRenamed],
];

function someMessage(
  r: Random,
  world: World,
  entry: Entry,
  wanted: (message: { author: string; status: Status }) => boolean,
): { id: number; text: string } | null {
  const candidates = world.messages(entry).filter(wanted);
  return candidates[Math.floor(r() * candidates.length)] ?? null;
}
