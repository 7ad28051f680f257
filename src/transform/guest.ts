import parsePhoneNumber from "libphonenumber-js/max";
import type { Guest, NationalitySource } from "../domain/parts.ts";
import { isCountryCode, toCountryCode } from "./country.ts";
import type { ConversationRecord, ReservationRecord } from "./records.ts";

/** Hostaway's relay addresses, which do not identify a guest. */
const RELAY_ADDRESS = /@(?:[a-z0-9-]+\.)*hostaway\.info$/i;

/** The guest as the reservation knows them. */
export function guestOfReservation(record: ReservationRecord): Guest {
  const { phone, guestLocale: locale } = record;
  return {
    name: realName(record.guestName),
    email: realAddress(record.guestEmail),
    phone,
    ...nationalityOf(record.guestCountry, phone, locale),
    locale,
  };
}

/** The guest of a conversation: the reservation's name and facts, the conversation's address first. */
export function guestOfConversation(reserved: Guest | null, conversation: ConversationRecord): Guest {
  const { name, email, ...facts } = reserved ?? NOBODY;
  return {
    name: name ?? realName(conversation.recipientName),
    email: realAddress(conversation.recipientEmail) ?? email,
    ...facts,
  };
}

const NOBODY: Guest = {
  name: null,
  email: null,
  phone: null,
  nationality: null,
  nationality_source: null,
  locale: null,
};

/** Channels that hide the name send "." or nothing. */
export function realName(name: string | null): string | null {
  return name && /[\p{L}\p{N}]/u.test(name) ? name : null;
}

export function realAddress(address: string | null): string | null {
  return address && !RELAY_ADDRESS.test(address) ? address : null;
}

type Nationality = Pick<Guest, "nationality" | "nationality_source">;

/**
 * Hostaway has no nationality: it is derived from the country of residence, the phone or the locale's region,
 * in this order.
 */
function nationalityOf(country: string | null, phone: string | null, locale: string | null): Nationality {
  const found = (nationality: string, nationality_source: NationalitySource) => ({
    nationality,
    nationality_source,
  });
  const byCountry = toCountryCode(country);
  if (byCountry) return found(byCountry, "guest_country");
  const byPhone = countryOfPhone(phone);
  if (byPhone) return found(byPhone, "phone");
  const byLocale = regionOf(locale);
  if (byLocale) return found(byLocale, "locale");
  return { nationality: null, nationality_source: null };
}

/** Null where one prefix serves several countries and the number is ambiguous. */
function countryOfPhone(phone: string | null): string | null {
  if (phone === null || !phone.startsWith("+")) return null;
  const country = parsePhoneNumber(phone)?.country;
  return isCountryCode(country) ? country : null;
}

/** Only an explicit region counts: "pt-BR" has one, "pt" has none. */
function regionOf(locale: string | null): string | null {
  try {
    const region = locale === null ? undefined : new Intl.Locale(locale.replaceAll("_", "-")).region;
    return isCountryCode(region) ? region : null;
  } catch {
    return null;
  }
}
