import { SECOND_MS } from "../domain/time.ts";
import type { MessageFacts } from "./facts.ts";
import { listingCount, messageCount, type SimulatorSettings } from "./options.ts";
import { createOracle, type Oracle } from "./oracle/oracle.ts";
import { floorTo } from "./time.ts";
import { type Changes, createChanges } from "./world/changes.ts";
import { createEvents } from "./world/events.ts";
import { createOrders, type Orders } from "./world/orders.ts";
import { createWorld, type Entry, type World } from "./world/world.ts";

/** The simulated account: its world, its changes, and the expected content of a copy. */
export interface Account {
  readonly world: World;
  readonly orders: Orders;
  readonly changes: Changes;
  readonly oracle: Oracle;
  /** A thread as the endpoint lists it, newest first, whatever the status. */
  listed(entry: Entry): readonly MessageFacts[];
  advance(ms: number): void;
  /** With a `speed`, plays the events since the last call. */
  now(): Date;
}

export function createAccount(settings: SimulatorSettings): Account {
  const start = floorTo(SECOND_MS, settings.now.getTime());
  const world = createWorld({
    seed: settings.seed,
    conversations: settings.conversations,
    calendarBookings: settings.calendarBookings ?? Math.round(settings.conversations / 100),
    listings: listingCount(settings),
    messages: messageCount(settings),
    now: start,
  });
  const orders = createOrders(world);
  const newestFirst = settings.messageOrder === "id" ? byId : byDate;
  const listed = (entry: Entry) => [...world.messages(entry)].sort(newestFirst);

  const events = createEvents(world, () => changes);
  const changes = createChanges(world, { changed: orders.changed, awaits: events.sendWhenDue });

  const began = performance.now();
  let advanced = 0;
  const target = () => start + advanced + settings.speed * (performance.now() - began);
  const catchUp = () => events.playUntil(target());

  return {
    world,
    orders,
    changes: caughtUp(changes, catchUp),
    oracle: createOracle(world, { ...settings, listed, catchUp }),
    listed,
    advance(ms) {
      advanced += ms;
      catchUp();
    },
    now() {
      catchUp();
      return new Date(world.now);
    },
  };
}

function byDate(a: MessageFacts, b: MessageFacts): number {
  return b.at - a.at || b.id - a.id;
}

function byId(a: MessageFacts, b: MessageFacts): number {
  return b.id - a.id;
}

/** Changes from outside happen at the present moment, so the world is brought there first. */
function caughtUp(changes: Changes, catchUp: () => void): Changes {
  const first =
    <Args extends unknown[], Result>(change: (...args: Args) => Result) =>
    (...args: Args): Result => {
      catchUp();
      return change(...args);
    };
  return {
    guestWrites: first(changes.guestWrites),
    hostReplies: first(changes.hostReplies),
    automationWrites: first(changes.automationWrites),
    scheduleMessage: first(changes.scheduleMessage),
    editMessage: first(changes.editMessage),
    setMessageStatus: first(changes.setMessageStatus),
    deleteMessage: first(changes.deleteMessage),
    restoreMessage: first(changes.restoreMessage),
    deleteConversation: first(changes.deleteConversation),
    restoreConversation: first(changes.restoreConversation),
    changeReservation: first(changes.changeReservation),
    renameListing: first(changes.renameListing),
    addConversation: first(changes.addConversation),
  };
}
