import type { Db, Document } from "mongodb";
import { systemClock } from "../../src/clock.ts";
import { countOpenFailures, openFailures } from "../../src/query/failures.ts";
import { findGuests } from "../../src/query/guests.ts";
import { readInsights } from "../../src/query/insights.ts";
import { countMessagesBy, findLiveliestConversation } from "../../src/query/message-counts.ts";
import { conversationHistory, countMessages, searchMessages } from "../../src/query/messages.ts";
import { findConversationIds } from "../../src/query/name-lookup.ts";
import { countToBeRead, newestMessage, oldestUnread } from "../../src/query/overview.ts";
import { lastNightlyRun, latestRuns } from "../../src/query/runs.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { createStores } from "../../src/store/stores.ts";
import { dryRunContext } from "../../src/store/write-context.ts";

export type Queries = Readonly<Record<string, () => Promise<unknown>>>;

/** Everything that the program asks the database for, of an account that a simulator has and the database holds. */
export function queriesOf(simulator: Simulator, db: Db): Queries {
  const account = () => simulator.accountId;
  const stores = () => createStores(db, dryRunContext(systemClock));
  const someReservations = () => [...simulator.oracle.reservations()].slice(0, 5);
  const someConversation = () => [...simulator.oracle.conversations()][0]?.conversation_id ?? "";
  const someMessages = () => [...simulator.oracle.messages()].slice(0, 5);
  return {
    "messages by channel": () => countMessagesBy(db, account(), "channel"),
    "the liveliest conversation": () => findLiveliestConversation(db, account()),
    "names and zones of the listings": () => stores().listings.facts(account()),
    "reservations by id": () =>
      stores().reservations.findMany(someReservations().map((one) => one.reservation_id)),
    "the last runs": () => latestRuns(db, account(), 30),
    "the last run that came to its end": () => lastNightlyRun(db, account(), ["succeeded"]),
    "what a month's messages add up to": () =>
      readInsights(db, account(), {
        now: new Date("2030-01-01"),
        months: 1,
        signal: new AbortController().signal,
      }),
    "the newest message": () => newestMessage(db, account(), new Date()),
    "the oldest unread conversation": () => oldestUnread(db, account()),
    "what is to be read": () => countToBeRead(db, account()),
    "the conversations of what has failed": () => stores().deadLetters.conversations(account()),
    "a conversation's messages": async () => {
      for await (const _ of stores().messages.ofConversation(someConversation())) break;
    },
    "the ids of a conversation's messages": () => stores().messages.idsOf(someConversation()),
    "how many messages there are": () => stores().messages.count(account()),
    "what would be marked as deleted": () => stores().messages.markDeleted(["300000001", "300000002"]),
    "how many conversations a backfill has read": () =>
      stores().conversationStates.countBackfilled(account(), "x"),
    "how many pages the messages fill": () => stores().conversationStates.countPages(account()),
    "how many conversations were active": () => stores().conversations.countActive(account(), new Date(0)),
    "conversations by part of a guest's name": () => findConversationIds(db, account(), "mar gar"),
    "guests by part of their name": () => findGuests(db, account(), "mar"),
    "messages of an account": () => searchMessages(db, account(), {}),
    "messages of a booking": () =>
      conversationHistory(db, account(), someReservations()[0]?.reservation_id ?? ""),
    "messages of a property": () =>
      searchMessages(db, account(), { property: someMessages()[0]?.property.id ?? "1" }),
    "messages of a conversation": () => searchMessages(db, account(), { conversation: someConversation() }),
    "how many messages a booking has": () =>
      countMessages(db, account(), { reservation: someReservations()[0]?.reservation_id ?? "1" }),
    "messages by words": () => searchMessages(db, account(), { text: "parking" }),
    "conversations by last reading": () => stores().conversationStates.sweepCut(account(), 10),
    "how many conversations there are": () => stores().conversationStates.count(account()),
    "what is known of some conversations": () => stores().conversationStates.findMany([someConversation()]),
    "what is known of all conversations": async () => {
      for await (const _ of stores().conversationStates.all(account())) break;
    },
    "what has failed": () => openFailures(db, account(), {}),
    "how much has failed": () => countOpenFailures(db, account()),
    "what has failed of a conversation": () =>
      stores().deadLetters.resolveConversation(someConversation(), []),
    "how far the feeds were followed": () => stores().accountStates.read(account()),
    "what is held of a page of messages": () => stores().messages.upsertMany(someMessages()),
  };
}

/** How MongoDB goes about finding documents by an index; by `_id` it has ways of its own, up to 7.0 and from 8.0 on. */
export const INDEXED = ["IXSCAN", "COUNT_SCAN", "IDHACK", "EXPRESS_IXSCAN", "EXPRESS_CLUSTERED_IXSCAN"];

/** The command without what belongs to the session it was sent in. */
export function bare(command: Document): Document {
  const session = new Set(["lsid", "$db", "$clusterTime", "$readPreference"]);
  return Object.fromEntries(Object.entries(command).filter(([key]) => !session.has(key)));
}

export const stagesOf = (plan: unknown) => textsOf(plan, "stage");

/** All texts of this name, however deep. */
export function textsOf(plan: unknown, name: string): string[] {
  if (typeof plan !== "object" || plan === null) return [];
  return Object.entries(plan).flatMap(([key, value]) =>
    key === name && typeof value === "string" ? [value] : textsOf(value, name),
  );
}
