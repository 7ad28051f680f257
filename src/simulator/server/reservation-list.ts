import type { Account } from "../account.ts";
import type { Entry } from "../world/world.ts";
import { activityDays } from "./activity-days.ts";
import { type EndpointResult, listEnvelope, pageRequest } from "./replies.ts";

/** `GET /reservations`: by `updatedOn`, newest first; a cursor or an offset; days of latest activity. */
export function listReservations(
  account: Account,
  query: URLSearchParams,
  payload: (entry: Entry) => unknown,
): EndpointResult {
  const afterId = query.get("afterId");
  const sortOrder = query.get("sortOrder");
  if (afterId !== null && sortOrder !== null) return "cursor with sort";
  const matching = sorted(account.orders.reservations(), sortOrder).filter(reservationFilter(account, query));
  const page = pageRequest(query);
  // Documented: `offset` is ignored when `afterId` is given.
  const start = afterId === null ? page.offset : positionAfter(matching, Number(afterId));
  const result = matching.slice(start, start + page.limit).map(payload);
  const offset = afterId === null ? page.offset : 0;
  return listEnvelope(result, { limit: page.limit, offset }, matching.length);
}

/** The cursor is a row, not a position: when the row moves, the next page starts at its new position. */
function positionAfter(entries: readonly Entry[], reservationId: number): number {
  const index = entries.findIndex((entry) => entry.reservationId === reservationId);
  return index < 0 ? entries.length : index + 1;
}

/** Unknown orders are ignored, as Hostaway ignores them. */
function sorted(entries: readonly Entry[], sortOrder: string | null): readonly Entry[] {
  const activity = (entry: Entry) => entry.marks.latestActivityAt;
  switch (sortOrder) {
    case "updatedOn":
      return [...entries].reverse();
    case "latestActivity":
      return [...entries].sort((a, b) => activity(a) - activity(b) || a.reservationId - b.reservationId);
    case "latestActivityDesc":
      return [...entries].sort((a, b) => activity(b) - activity(a) || b.reservationId - a.reservationId);
    default:
      return entries;
  }
}

function reservationFilter({ world }: Account, query: URLSearchParams): (entry: Entry) => boolean {
  const wasActive = activityDays(query);
  const listing = query.get("listingId");
  return (entry) =>
    wasActive(entry.marks.latestActivityAt) &&
    (listing === null || world.booking(entry).listingId === Number(listing));
}
