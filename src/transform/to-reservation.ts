import { Decimal128 } from "bson";
import type { ReservationSnapshot } from "../domain/parts.ts";
import type { Reservation } from "../domain/reservation.ts";
import { guestOfReservation } from "./guest.ts";
import { toPlatform } from "./hostaway-codes.ts";
import type { ReservationRecord } from "./records.ts";

export function toReservation(record: ReservationRecord, accountId: string): Reservation {
  return {
    reservation_id: record.id,
    account_id: accountId,
    listing_id: record.listingMapId,
    platform: toPlatform(record.channelId),
    source_channel_id: record.channelId,
    source_channel_name: record.channelName,
    status: record.status,
    payment_status: record.paymentStatus,
    confirmation_code: record.confirmationCode,
    channel_reservation_id: record.channelReservationId,
    guest: guestOfReservation(record),
    guest_first_name: record.guestFirstName,
    guest_last_name: record.guestLastName,
    guest_city: record.guestCity,
    guest_country: record.guestCountry,
    number_of_guests: record.numberOfGuests,
    adults: record.adults,
    children: record.children,
    infants: record.infants,
    pets: record.pets,
    arrival_date: record.arrivalDate,
    departure_date: record.departureDate,
    nights: record.nights,
    check_in_hour: record.checkInTime,
    check_out_hour: record.checkOutTime,
    dates_unspecified: record.isDatesUnspecified,
    price: toMoney(record.totalPrice),
    currency: record.currency,
    reserved_at: record.reservationDate,
    cancelled_at: record.cancellationDate,
    cancelled_by: record.cancelledBy,
    source_inserted_at: record.insertedOn,
    source_updated_at: record.updatedOn ?? record.insertedOn,
  };
}

/** The snapshot of a reservation that conversations and messages carry. */
export function toSnapshot(reservation: Reservation): ReservationSnapshot {
  return {
    id: reservation.reservation_id,
    status: reservation.status,
    arrival_date: reservation.arrival_date,
    departure_date: reservation.departure_date,
    price: reservation.price,
    currency: reservation.currency,
  };
}

function toMoney(amount: string | null): Decimal128 | null {
  return amount === null ? null : Decimal128.fromString(amount);
}
