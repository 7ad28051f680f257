import type { Guest, NationalitySource } from "../../domain/parts.ts";
import type { BookingFacts, GuestFacts } from "../facts.ts";

/** "." and blanks are no name. */
export function nameOrNull(text: string | null): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" || trimmed === "." ? null : trimmed;
}

function ownAddress(mail: string | null): string | null {
  return mail === null || mail.endsWith(".hostaway.info") ? null : mail;
}

function nationality(guest: GuestFacts): { code: string | null; source: NationalitySource | null } {
  if (guest.country !== null) return { code: guest.country, source: "guest_country" };
  if (guest.phoneCountry !== null) return { code: guest.phoneCountry, source: "phone" };
  if (guest.localeRegion !== null) return { code: guest.localeRegion, source: "locale" };
  return { code: null, source: null };
}

/** The guest as a conversation and its messages hold them. */
export function expectedGuest({ guest }: BookingFacts): Guest {
  return {
    ...reservationGuestOf(guest),
    name: nameOrNull(guest.reservationName) ?? nameOrNull(guest.recipientName),
    email: ownAddress(guest.recipientEmail) ?? ownAddress(guest.reservationEmail),
  };
}

/** The guest as a reservation knows them. */
export function expectedReservationGuest({ guest }: BookingFacts): Guest {
  return reservationGuestOf(guest);
}

function reservationGuestOf(guest: GuestFacts): Guest {
  const from = nationality(guest);
  return {
    name: nameOrNull(guest.reservationName),
    email: ownAddress(guest.reservationEmail),
    phone: guest.phone,
    nationality: from.code,
    nationality_source: from.source,
    locale: guest.locale,
  };
}

/** Lower-case words without diacritics, in order of first appearance. */
export function nameTokens({ guest }: BookingFacts): string[] {
  const names = [guest.recipientName, guest.reservationName, guest.firstName, guest.lastName];
  const words = names
    .filter((name) => name !== null)
    .join(" ")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return [...new Set(words)].filter((word) => word !== "");
}
