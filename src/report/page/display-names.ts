import type { Channel, Platform } from "../../domain/parts.ts";

export const PLATFORM_NAMES: Readonly<Record<Platform, string>> = {
  airbnb: "Airbnb",
  vrbo: "Vrbo",
  bookingcom: "Booking.com",
  expedia: "Expedia",
  direct: "direct",
  booking_engine: "booking engine",
  custom_ical: "iCal",
  tripadvisor: "Tripadvisor",
  wordpress: "WordPress",
  marriott: "Marriott",
  partner: "partner",
  gds: "GDS",
  google: "Google",
  unknown: "unknown",
};

export const CHANNEL_NAMES: Readonly<Record<Channel, string>> = {
  email: "e-mail",
  sms: "SMS",
  whatsapp: "WhatsApp",
  platform: "platform inbox",
  in_app: "in-app",
  unknown: "unknown",
};

const COUNTRIES = new Intl.DisplayNames("en", { type: "region", fallback: "code" });
/** "Bosnia & Herzegovina" is the longest name with room beside its bar. */
const COUNTRY_WIDTH = 20;

/** The country of a nationality, in English. */
export function countryName(nationality: string): string {
  const name = /^[A-Z]{2}$/.test(nationality) ? (COUNTRIES.of(nationality) ?? nationality) : nationality;
  return name.length > COUNTRY_WIDTH ? `${name.slice(0, COUNTRY_WIDTH - 1).trimEnd()}…` : name;
}
