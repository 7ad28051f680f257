import type { Booking, FoundGuest } from "../domain/found-guest.ts";
import { inline } from "../domain/printable.ts";
import type { Colors } from "./colors.ts";
import { formatCount } from "./numbers.ts";
import { formatDay } from "./phrases.ts";
import { renderTable } from "./table.ts";

const LISTED_BOOKINGS = 20;
/** Longer names would push the other columns off the screen. */
const NAME_WIDTH = 40;

/** Guests that match a name, told apart by booking, dates and property. */
export function renderGuests(guests: readonly FoundGuest[], colors: Colors): string {
  if (guests.length === 0) return "No guest found with that name.";
  const head = ["guest", "booking", "stay", "property", "messages"].map((name) => colors.dim(name));
  const rows = guests.flatMap(({ name, bookings }) =>
    bookings.map((booking, index) => [
      index === 0 ? colors.bold(shortName(name) || "(no name)") : "",
      inline(booking.reservation_id ?? `conversation ${booking.conversation_id}`),
      stayOf(booking),
      shortName(booking.property),
      formatCount(booking.messages),
    ]),
  );
  const hidden = rows.length - LISTED_BOOKINGS;
  const more = hidden > 0 ? [colors.dim(`  … and ${formatCount(hidden)} more bookings`)] : [];
  return [renderTable(head, rows.slice(0, LISTED_BOOKINGS), [0, 1, 2, 3]), ...more].join("\n");
}

function shortName(name: string | null): string {
  return inline(name ?? "", NAME_WIDTH);
}

function stayOf({ arrival_date: from, departure_date: to }: Booking): string {
  if (!from || !to) return "";
  return `${formatDay(from)} – ${formatDay(to)} ${to.getUTCFullYear()}`;
}
