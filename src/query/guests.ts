import type { Db } from "mongodb";
import type { Conversation } from "../domain/conversation.ts";
import type { Booking, FoundGuest } from "../domain/found-guest.ts";
import { CONVERSATIONS } from "../store/collections.ts";
import { PRESENT } from "../store/deletions.ts";
import { toNameWords } from "../transform/name-parts.ts";
import { Criteria, checked } from "./criteria.ts";
import { MOST_CONVERSATIONS, nameFilter } from "./names.ts";
import { readWith } from "./reading.ts";
import { SearchError } from "./search-error.ts";

type Row = Pick<
  Conversation,
  | "conversation_id"
  | "guest"
  | "participants"
  | "reservation"
  | "property"
  | "message_counts"
  | "last_message_at"
>;

/** The guests whose name holds this, with their bookings; who wrote last comes first. Throws `SearchError`. */
export async function findGuests(db: Db, accountId: string, partialName: string): Promise<FoundGuest[]> {
  const { guest = "" } = checked(Criteria, { guest: partialName });
  const rows = await readWith("looking for guests", (maxTimeMS) =>
    db
      .collection<Conversation>(CONVERSATIONS.name)
      .find({ account_id: accountId, ...PRESENT, ...nameFilter(guest) }, { maxTimeMS })
      .project<Row>({
        _id: 0,
        conversation_id: 1,
        guest: 1,
        participants: 1,
        reservation: 1,
        property: 1,
        message_counts: 1,
        last_message_at: 1,
      })
      .limit(MOST_CONVERSATIONS + 1)
      .toArray(),
  );
  if (rows.length > MOST_CONVERSATIONS)
    throw new SearchError("guest", `more than ${MOST_CONVERSATIONS} conversations fit: say more of the name`);
  return group(rows);
}

function group(rows: readonly Row[]): FoundGuest[] {
  const guests = new Map<string, Row[]>();
  for (const row of rows.toSorted((a, b) => lastOf(b) - lastOf(a))) {
    const key = keyOf(row);
    const same = guests.get(key);
    if (same) same.push(row);
    else guests.set(key, [row]);
  }
  return [...guests.values()].flatMap((same) =>
    same.slice(0, 1).map((latest) => ({ ...whoIs(latest), bookings: same.map(toBooking) })),
  );
}

/** Two of one name are one guest only when an address or a number says so. */
function keyOf(row: Row): string {
  const { name, email } = whoIs(row);
  const sign = email?.toLowerCase() ?? row.guest.phone ?? `conversation ${row.conversation_id}`;
  return JSON.stringify([toNameWords(name ?? "").toSorted(), sign]);
}

function whoIs({ guest, participants }: Row): { name: string | null; email: string | null } {
  return { name: guest.name ?? participants.recipient_name, email: guest.email };
}

function toBooking({
  conversation_id,
  reservation,
  property,
  message_counts,
  last_message_at,
}: Row): Booking {
  return {
    reservation_id: reservation?.id ?? null,
    conversation_id,
    arrival_date: reservation?.arrival_date ?? null,
    departure_date: reservation?.departure_date ?? null,
    property: property.name,
    messages: message_counts.total,
    last_message_at,
  };
}

function lastOf({ last_message_at }: Row): number {
  return last_message_at?.getTime() ?? 0;
}
