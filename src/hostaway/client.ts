import { ItemError } from "../domain/failure.ts";
import type { HttpClient } from "../http/http-client.ts";
import type { Source } from "../sync/ports.ts";
import { type Get, type TokenProvider, withToken } from "./auth.ts";
import { classifyListResponse, classifyResponse } from "./classify-response.ts";
import { ObjectEnvelope } from "./envelopes.ts";
import { walkByCursor, walkByOffset } from "./paginate.ts";

/** The endpoints of Hostaway's API that a run reads; errors are `ItemError`s. */
export interface HostawayClient extends Omit<Source, "now"> {
  /** Checks that the API responds and accepts the credentials, with the cheapest call. */
  ping(signal: AbortSignal): Promise<void>;
}

/**
 * The largest page clients are known to get, on all four lists (`limit=500`). A listing is about 41 KB, a
 * conversation 6, a reservation 4: smaller pages of listings keep responses below 5 MB.
 */
export const PAGE_SIZES: Source["pageSizes"] = { listings: 100, others: 500 };

/** No thread comes near this; an endless thread must stop before it fills the database. */
const MOST_MESSAGES = 100_000;

export function createHostawayClient(
  http: HttpClient,
  tokens: TokenProvider,
  pageSizes: Source["pageSizes"] = PAGE_SIZES,
): HostawayClient {
  const { listings, others: limit } = pageSizes;
  const get = withToken(http, tokens, classifyResponse);
  const getList = withToken(http, tokens, classifyListResponse);
  return {
    pageSizes,
    listings(since, signal) {
      const filter = since && { latestActivityStart: since.toISOString().slice(0, 10) };
      const walk = { name: "listings", limit: listings, risesToTop: false };
      return walkByOffset(walk, (query) => getList("/listings", "listings", { ...query, ...filter }, signal));
    },
    reservations: (signal) =>
      walkByCursor({ name: "reservations", limit }, (query) =>
        getList("/reservations", "reservations", query, signal),
      ),
    conversations: (signal) =>
      walkByOffset({ name: "conversations", limit, risesToTop: true }, (query) =>
        // Documented as required for the newest message and the reservation inside, recorded as not required.
        getList("/conversations", "conversations", { ...query, includeResources: 1 }, signal),
      ),
    conversationsOf: (reservationId, signal) =>
      walkByOffset(
        { name: `conversations of reservation ${reservationId}`, limit, risesToTop: false },
        (query) =>
          get("/conversations", "conversations", { ...query, reservationId, includeResources: 1 }, signal),
      ),
    messages(id, from, signal) {
      const name = `messages of conversation ${id}`;
      const walk = { name, limit, risesToTop: false, from, mostRows: MOST_MESSAGES };
      return walkByOffset(walk, (query) =>
        get(`/conversations/${id}/messages`, "messages", { ...query, includeScheduledMessages: 1 }, signal),
      );
    },
    listing: (id, signal) => fetchObject(get, `/listings/${id}`, "listings", signal),
    reservation: (id, signal) => fetchObject(get, `/reservations/${id}`, "reservations", signal),
    conversation: (id, signal) => fetchObject(get, `/conversations/${id}`, "conversations", signal),
    async ping(signal) {
      await getList("/listings", "listings", { limit: 1, offset: 0 }, signal);
    },
  };
}

async function fetchObject(get: Get, path: string, endpoint: string, signal: AbortSignal) {
  const parsed = ObjectEnvelope.safeParse(await get(path, endpoint, undefined, signal));
  if (!parsed.success) throw new ItemError("server_error", `${path}: the response holds no object`);
  return parsed.data.result;
}
