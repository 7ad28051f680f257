import type { Listing } from "../domain/listing.ts";
import type { Guest, ReservationSnapshot } from "../domain/parts.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { Conversation } from "../hostaway/schemas.ts";
import { guestOfConversation } from "./guest.ts";
import { toSnapshot } from "./to-reservation.ts";

/** What is asked of a listing for every message. */
export type ListingFacts = Pick<Listing, "name" | "timezone">;

/** What a conversation's messages do not say themselves, put together once per conversation. */
export interface Thread {
  readonly accountId: string;
  readonly record: Conversation;
  readonly reservation: Reservation | null;
  readonly snapshot: ReservationSnapshot | null;
  readonly guest: Guest;
  readonly listing: (id: string | null) => ListingFacts | null;
  /** Stands in for a message's time when nothing in the thread has one. */
  readonly fallbackTime: Date;
}

export interface ThreadParts {
  readonly accountId: string;
  readonly record: Conversation;
  readonly reservation: Reservation | null;
  readonly listing: (id: string | null) => ListingFacts | null;
  readonly retrievedAt: Date;
}

export function toThread({ retrievedAt, ...parts }: ThreadParts): Thread {
  const { record, reservation } = parts;
  return {
    ...parts,
    snapshot: reservation ? toSnapshot(reservation) : snapshotOfId(record.reservationId),
    guest: guestOfConversation(reservation?.guest ?? null, record),
    fallbackTime:
      record.messageReceivedOn ?? record.messageSentOn ?? reservation?.source_inserted_at ?? retrievedAt,
  };
}

/** A reservation that could not be read is still the booking that people search for. */
function snapshotOfId(id: string | null): ReservationSnapshot | null {
  if (id === null) return null;
  return { id, status: null, arrival_date: null, departure_date: null, price: null, currency: null };
}
