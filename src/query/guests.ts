import type { Db } from "mongodb";
import type { Conversation } from "../domain/conversation.ts";
import type { Booking, FoundGuest } from "../domain/found-guest.ts";
import { toNameWords } from "../transform/name-parts.ts";
import { Criteria, checked } from "./criteria.ts";
import { findConversationsByName } from "./name-lookup.ts";

const FIELDS_OF_GUESTS = [
  "conversation_id",
  "guest",
  "participants",
  "reservation",
  "property",
  "message_counts",
  "last_message_at",
] as const;
type GuestConversation = Pick<Conversation, (typeof FIELDS_OF_GUESTS)[number]>;

/** The guests with this part of a name, with their bookings; the guest with the newest message first. Throws `SearchError`. */
export async function findGuests(db: Db, accountId: string, partialName: string): Promise<FoundGuest[]> {
  const { guest = "" } = checked(Criteria, { guest: partialName });
  return groupByGuest(await findConversationsByName(db, accountId, guest, FIELDS_OF_GUESTS));
}

function groupByGuest(conversations: readonly GuestConversation[]): FoundGuest[] {
  const guests = new Map<string, GuestConversation[]>();
  for (const one of conversations.toSorted((a, b) => lastMessageOf(b) - lastMessageOf(a))) {
    const key = guestKey(one);
    const same = guests.get(key);
    if (same) same.push(one);
    else guests.set(key, [one]);
  }
  return [...guests.values()].flatMap((same) =>
    same.slice(0, 1).map((latest) => ({ ...nameAndEmail(latest), bookings: same.map(toBooking) })),
  );
}

/** Two conversations with one name belong to one guest only with the same mail address or phone number. */
function guestKey(conversation: GuestConversation): string {
  const { name, email } = nameAndEmail(conversation);
  const contact =
    email?.toLowerCase() ?? conversation.guest.phone ?? `conversation ${conversation.conversation_id}`;
  return JSON.stringify([toNameWords(name ?? "").toSorted(), contact]);
}

function nameAndEmail({ guest, participants }: GuestConversation): {
  name: string | null;
  email: string | null;
} {
  return { name: guest.name ?? participants.recipient_name, email: guest.email };
}

function toBooking({
  conversation_id,
  reservation,
  property,
  message_counts,
  last_message_at,
}: GuestConversation): Booking {
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

function lastMessageOf({ last_message_at }: GuestConversation): number {
  return last_message_at?.getTime() ?? 0;
}
