import { ItemError } from "../domain/failure.ts";
import type { HttpClient } from "../http/http-client.ts";
import { type Get, type TokenProvider, withToken } from "./auth.ts";
import { judgeEnvelope } from "./judge.ts";
import { type ListPage, paginateByCursor, paginateByOffset } from "./paginate.ts";
import { Single } from "./schemas.ts";

/** The parts of Hostaway's API that we read. Lists come page by page and raw; errors are `ItemError`s. */
export interface HostawayClient {
  listings(signal: AbortSignal): AsyncGenerator<ListPage>;
  /** Newest change first. */
  reservations(signal: AbortSignal): AsyncGenerator<ListPage>;
  /** By `messageSentOn`, newest first; each item carries its reservation and its newest message. */
  conversations(signal: AbortSignal): AsyncGenerator<ListPage>;
  /** Newest first, scheduled and cancelled ones included. */
  messages(conversationId: string, signal: AbortSignal): AsyncGenerator<ListPage>;
  listing(id: string, signal: AbortSignal): Promise<Record<string, unknown>>;
  reservation(id: string, signal: AbortSignal): Promise<Record<string, unknown>>;
  conversation(id: string, signal: AbortSignal): Promise<Record<string, unknown>>;
  /** Proves that the credentials are accepted and the API answers; the cheapest call there is. */
  ping(signal: AbortSignal): Promise<void>;
}

/** The largest page clients are known to get, on all four lists (`limit=500`). */
export const PAGE_SIZE = 500;
/** A listing is about 41 KB, a conversation 6, a reservation 4: smaller pages keep answers below 5 MB. */
const LISTINGS_PAGE_SIZE = 100;

export function createHostawayClient(http: HttpClient, tokens: TokenProvider): HostawayClient {
  const get = withToken(http, tokens, judgeEnvelope);
  return {
    listings: (signal) =>
      paginateByOffset("listings", LISTINGS_PAGE_SIZE, (query) =>
        get("/listings", "listings", query, signal),
      ),
    reservations: (signal) =>
      paginateByCursor("reservations", PAGE_SIZE, (query) =>
        get("/reservations", "reservations", query, signal),
      ),
    conversations: (signal) =>
      paginateByOffset("conversations", PAGE_SIZE, (query) =>
        get("/conversations", "conversations", query, signal),
      ),
    messages: (id, signal) =>
      paginateByOffset(`messages of conversation ${id}`, PAGE_SIZE, (query) =>
        get(`/conversations/${id}/messages`, "messages", { ...query, includeScheduledMessages: 1 }, signal),
      ),
    listing: (id, signal) => single(get, `/listings/${id}`, "listings", signal),
    reservation: (id, signal) => single(get, `/reservations/${id}`, "reservations", signal),
    conversation: (id, signal) => single(get, `/conversations/${id}`, "conversations", signal),
    async ping(signal) {
      await get("/listings", "listings", { limit: 1, offset: 0 }, signal);
    },
  };
}

async function single(get: Get, path: string, endpoint: string, signal: AbortSignal) {
  const parsed = Single.safeParse(await get(path, endpoint, undefined, signal));
  if (!parsed.success) throw new ItemError("server_error", `${path}: the answer holds no object`);
  return parsed.data.result;
}
