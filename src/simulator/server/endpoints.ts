import type { Account } from "../account.ts";
import type { ListingFacts } from "../facts.ts";
import type { SimulatorSettings } from "../options.ts";
import { listingPayload } from "../payload/listing.ts";
import { userPayload } from "../payload/user.ts";
import type { Entry } from "../world/world.ts";
import { activityDays } from "./activity-days.ts";
import { createPresenter } from "./presenter.ts";
import {
  type EndpointResult,
  listEnvelope,
  objectEnvelope,
  pagedListEnvelope,
  pageRequest,
} from "./replies.ts";
import { listReservations } from "./reservation-list.ts";
import type { Route } from "./routes.ts";

/** The endpoints of the account, without tokens and rate limits. */
export type Endpoints = (route: Route, query: URLSearchParams) => EndpointResult;

export function createEndpoints(account: Account, settings: SimulatorSettings): Endpoints {
  const { world } = account;
  const present = createPresenter(account, settings);
  const threadsOf = (entry: Entry, query: URLSearchParams) =>
    entry.conversationId === null || entry.conversationDeleted ? [] : [present.conversation(entry, query)];

  return ({ endpoint, ids: [first = 0, second = 0] }, query) => {
    switch (endpoint) {
      case "conversations":
        return listConversations(account, query, (entry) => present.conversation(entry, query));
      case "conversation":
        return ifFound(world.byConversation(first), (entry) => success(present.conversation(entry, query)));
      case "messages":
        return ifFound(world.byConversation(first), (entry) =>
          listMessages(account, entry, query, (messages) => present.messages(entry, messages)),
        );
      case "message":
        return ifFound(world.byConversation(first), (entry) => {
          const wanted = world.messages(entry).filter((message) => message.id === second);
          return ifFound(present.messages(entry, wanted)[0], success);
        });
      case "reservations":
        return listReservations(account, query, present.reservation);
      case "reservation":
        return ifFound(world.byReservation(first), (entry) => success(present.reservation(entry)));
      case "reservationConversations":
        return ifFound(world.byReservation(first), (entry) => success(threadsOf(entry, query)));
      case "listings":
        return plainList(activeListings(account, query), query, listingPayload);
      case "listing":
        return ifFound(
          world.listings.find((one) => one.id === first),
          (listing) => success(listingPayload(listing)),
        );
      case "users":
        return plainList([Number(settings.accountId)], query, userPayload);
      default:
        return "not found";
    }
  };
}

type MessageList = ReturnType<Account["listed"]>;

function listConversations(
  { orders }: Account,
  query: URLSearchParams,
  present: (entry: Entry) => unknown,
): EndpointResult {
  const wanted = query.get("reservationId");
  const all = orders.conversations();
  const matching = wanted === null ? all : all.filter((entry) => entry.reservationId === Number(wanted));
  const page = pageRequest(query);
  const result = matching.slice(page.offset, page.offset + page.limit).map(present);
  return pagedListEnvelope(result, page, matching.length);
}

function listMessages(
  { listed }: Account,
  entry: Entry,
  query: URLSearchParams,
  present: (messages: MessageList) => unknown[],
): EndpointResult {
  // Documented: without the switch only messages with status `sent`.
  const all = query.get("includeScheduledMessages") === "1";
  const matching = listed(entry).filter((message) => all || message.status === "sent");
  const page = pageRequest(query);
  const result = present(matching.slice(page.offset, page.offset + page.limit));
  return pagedListEnvelope(result, page, matching.length);
}

function activeListings({ world }: Account, query: URLSearchParams): readonly ListingFacts[] {
  const wasActive = activityDays(query);
  return world.listings.filter((listing) => wasActive(listing.activityAt));
}

function plainList<T>(
  items: readonly T[],
  query: URLSearchParams,
  present: (item: T) => unknown,
): EndpointResult {
  const page = pageRequest(query);
  const result = items.slice(page.offset, page.offset + page.limit).map(present);
  return listEnvelope(result, page, items.length);
}

function ifFound<T>(thing: T | undefined, answer: (thing: T) => EndpointResult): EndpointResult {
  return thing === undefined ? "not found" : answer(thing);
}

function success(result: unknown): EndpointResult {
  return objectEnvelope(result);
}
