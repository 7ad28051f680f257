import { z } from "zod";
import { currency, day, id, money, oneOf, text } from "./fields.ts";

/** The platform a booking comes from. */
export const PLATFORMS = [
  "airbnb",
  "vrbo",
  "bookingcom",
  "expedia",
  "direct",
  "booking_engine",
  "custom_ical",
  "tripadvisor",
  "wordpress",
  "marriott",
  "partner",
  "gds",
  "google",
  "unknown",
] as const;
export type Platform = (typeof PLATFORMS)[number];

/** The channel a message travelled on. */
export const CHANNELS = ["email", "sms", "whatsapp", "platform", "in_app", "unknown"] as const;
export type Channel = (typeof CHANNELS)[number];

export const DIRECTIONS = ["incoming", "outgoing"] as const;
export const SENDER_TYPES = ["guest", "host", "automation"] as const;
export type SenderType = (typeof SENDER_TYPES)[number];
export const MESSAGE_TYPES = ["automated", "manual"] as const;

export const DELIVERY_STATUSES = ["sent", "scheduled", "paused", "cancelled", "failed", "unknown"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** The date of a message that became its `timestamp`. */
export const TIMESTAMP_SOURCES = [
  "sent_channel_date",
  "date",
  "inserted_on",
  "updated_on",
  "retrieved",
] as const;
export type TimestampSource = (typeof TIMESTAMP_SOURCES)[number];

export const NATIONALITY_SOURCES = ["guest_country", "phone", "locale"] as const;
export type NationalitySource = (typeof NATIONALITY_SOURCES)[number];

/** The guest as known from the reservation and the conversation. */
export const Guest = z.object({
  name: text("The reservation's guest name, or else the conversation's recipient name.").nullable(),
  email: text("The guest's own address, never Hostaway's relay address.").nullable(),
  phone: text("As stored in Hostaway, usually E.164.").nullable(),
  nationality: text("ISO 3166-1 alpha-2, derived; null when unknown.").nullable(),
  nationality_source: oneOf(NATIONALITY_SOURCES, "The source of `nationality`.").nullable(),
  locale: text("The guest's language as the channel reports it.").nullable(),
});
export type Guest = z.infer<typeof Guest>;

export const Property = z.object({
  id: id("Hostaway's listing id.").nullable(),
  name: text("The listing's internal name, or else its public name.").nullable(),
});
export type Property = z.infer<typeof Property>;

/** The fields of its reservation that a message or conversation carries. */
export const ReservationSnapshot = z.object({
  id: id("Hostaway's reservation id."),
  status: text("Hostaway's own word: new, modified, cancelled, inquiry, …").nullable(),
  arrival_date: day("Check-in day.").nullable(),
  departure_date: day("Check-out day.").nullable(),
  price: money("The total price for the guest.").nullable(),
  currency: currency().nullable(),
});
export type ReservationSnapshot = z.infer<typeof ReservationSnapshot>;
