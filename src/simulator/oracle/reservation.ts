import { Decimal128 } from "bson";
import type { ReservationSnapshot } from "../../domain/parts.ts";
import type { Reservation } from "../../domain/reservation.ts";
import type { BookingFacts, Marks } from "../facts.ts";
import { expectedReservationGuest } from "./guest.ts";

export function expectedSnapshot(booking: BookingFacts): ReservationSnapshot {
  return {
    id: String(booking.reservationId),
    status: booking.status,
    arrival_date: new Date(booking.arrival),
    departure_date: new Date(booking.departure),
    price: expectedPrice(booking),
    currency: booking.currency,
  };
}

function expectedPrice(booking: BookingFacts): Decimal128 {
  return Decimal128.fromString(String(booking.priceCents / 100));
}

export function expectedReservation(accountId: string, booking: BookingFacts, marks: Marks): Reservation {
  return {
    reservation_id: String(booking.reservationId),
    account_id: accountId,
    listing_id: String(booking.listingId),
    platform: booking.channel.platform,
    source_channel_id: booking.channel.id,
    source_channel_name: booking.channel.name,
    status: booking.status,
    payment_status: booking.paymentStatus,
    confirmation_code: booking.confirmationCode,
    channel_reservation_id: booking.channelReservationId,
    guest: expectedReservationGuest(booking),
    guest_first_name: booking.guest.firstName,
    guest_last_name: booking.guest.lastName,
    guest_city: booking.guest.city,
    guest_country: booking.guest.countryText || null,
    ...expectedParty(booking),
    ...expectedStay(booking),
    price: expectedPrice(booking),
    currency: booking.currency,
    reserved_at: new Date(booking.bookedAt),
    cancelled_at: booking.cancelledAt === null ? null : new Date(booking.cancelledAt),
    cancelled_by: booking.cancelledBy,
    source_inserted_at: new Date(booking.insertedAt),
    source_updated_at: new Date(marks.reservationUpdatedAt),
  };
}

function expectedParty({ party }: BookingFacts) {
  return {
    number_of_guests: party.guests,
    adults: party.adults,
    children: party.children,
    infants: party.infants,
    pets: party.pets,
  };
}

function expectedStay(booking: BookingFacts) {
  return {
    arrival_date: new Date(booking.arrival),
    departure_date: new Date(booking.departure),
    nights: booking.nights,
    check_in_hour: booking.checkIn,
    check_out_hour: booking.checkOut,
    dates_unspecified: booking.datesUnspecified,
  };
}
