import type { Listing } from "../domain/listing.ts";
import type { Guest, ReservationSnapshot } from "../domain/parts.ts";
import type { Reservation } from "../domain/reservation.ts";
import { guestOfConversation } from "./guest.ts";
import type { ConversationRecord } from "./records.ts";
import { toSnapshot } from "./to-reservation.ts";

/** The fields of a listing that messages carry. */
export type ThreadListing = Pick<Listing, "name" | "timezone">;

/** The context of a conversation's messages, put together once per conversation. */
export interface Thread {
  readonly accountId: string;
  readonly record: ConversationRecord;
  readonly reservation: Reservation | null;
  readonly snapshot: ReservationSnapshot | null;
  readonly guest: Guest;
  readonly listing: (id: string | null) => ThreadListing | null;
  /** Bookings that single messages name, when the thread is now linked to another booking. */
  readonly otherReservations: ReadonlyMap<string, Reservation>;
  /** The time of messages in a thread without any times. */
  readonly fallbackTime: Date;
}

export interface ThreadParts {
  readonly accountId: string;
  readonly record: ConversationRecord;
  readonly reservation: Reservation | null;
  readonly listing: (id: string | null) => ThreadListing | null;
  readonly retrievedAt: Date;
}

export function toThread({ retrievedAt, ...parts }: ThreadParts): Thread {
  const { record, reservation } = parts;
  return {
    ...parts,
    otherReservations: new Map(),
    snapshot: reservation ? toSnapshot(reservation) : snapshotOfId(record.reservationId),
    guest: guestOfConversation(reservation?.guest ?? null, record),
    fallbackTime:
      record.messageReceivedOn ?? record.messageSentOn ?? reservation?.source_inserted_at ?? retrievedAt,
  };
}

/** The booking that a message names, even if its thread is now linked to another one. */
export function reservationOf(thread: Thread, named: string | null): Reservation | null {
  if (named === null || named === thread.record.reservationId) return thread.reservation;
  return thread.otherReservations.get(named) ?? null;
}

/** The snapshot of its booking that a message carries. */
export function snapshotOf(thread: Thread, named: string | null): ReservationSnapshot | null {
  if (named === null || named === thread.record.reservationId) return thread.snapshot;
  const reservation = thread.otherReservations.get(named);
  return reservation ? toSnapshot(reservation) : snapshotOfId(named);
}

/** A snapshot with the id only: people search for a booking whose reservation could not be read, too. */
function snapshotOfId(id: string | null): ReservationSnapshot | null {
  if (id === null) return null;
  return { id, status: null, arrival_date: null, departure_date: null, price: null, currency: null };
}
