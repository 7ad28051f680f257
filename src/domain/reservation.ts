import { z } from "zod";
import { currency, day, flag, id, money, oneOf, text, time, whole } from "./fields.ts";
import { Guest, PLATFORMS } from "./parts.ts";

/**
 * One booking or inquiry. But for the guest's locale it holds only fields that Hostaway sends alike in the
 * reservation list and inside a conversation, so that it does not matter which of the two was read last;
 * payment data, door codes and notes are never taken over.
 */
export const Reservation = z.object({
  reservation_id: id("Hostaway's reservation id; one document each."),
  account_id: id("The Hostaway account."),
  listing_id: id("The listing that was booked.").nullable(),
  platform: oneOf(PLATFORMS, "The platform the booking came from."),
  source_channel_id: whole("Hostaway's number behind `platform`.").nullable(),
  source_channel_name: text("Hostaway's word behind `platform`.").nullable(),
  status: text("Hostaway's own word: new, modified, cancelled, inquiry, …").nullable(),
  payment_status: text("Hostaway's own word: Paid, Unpaid, …").nullable(),
  confirmation_code: text("The platform's code for the booking.").nullable(),
  channel_reservation_id: text("The platform's id for the booking.").nullable(),
  guest: Guest.describe("The guest according to the reservation."),
  guest_first_name: text("First name.").nullable(),
  guest_last_name: text("Last name.").nullable(),
  guest_city: text("City of residence.").nullable(),
  guest_country: text("Country of residence as stored in Hostaway.").nullable(),
  number_of_guests: whole("Total number of guests.").nullable(),
  adults: whole("Adults.").nullable(),
  children: whole("Children.").nullable(),
  infants: whole("Infants.").nullable(),
  pets: whole("Pets.").nullable(),
  arrival_date: day("Check-in day.").nullable(),
  departure_date: day("Check-out day.").nullable(),
  nights: whole("Nights.").nullable(),
  check_in_hour: whole("Local hour of check-in.").nullable(),
  check_out_hour: whole("Local hour of check-out.").nullable(),
  dates_unspecified: flag("An inquiry without dates.").nullable(),
  price: money("The total price for the guest.").nullable(),
  currency: currency().nullable(),
  reserved_at: time("When it was booked.").nullable(),
  cancelled_at: time("When it was cancelled.").nullable(),
  cancelled_by: text("Who cancelled it, in Hostaway's words.").nullable(),
  source_inserted_at: time("Hostaway's `insertedOn`.").nullable(),
  source_updated_at: time("Hostaway's `updatedOn`.").nullable(),
});
export type Reservation = z.infer<typeof Reservation>;
