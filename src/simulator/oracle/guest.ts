import anyAscii from "any-ascii";
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

/** The words without accents and apostrophes, in Latin letters too, and with "~" whatever one of them ends with. */
export function nameParts({ guest }: BookingFacts): string[] {
  const parts = new Set<string>();
  for (const name of [guest.recipientName, guest.reservationName, guest.firstName, guest.lastName]) {
    const bare = (name ?? "").replace(/(\p{L})['’](?=\p{L})/gu, "$1").normalize("NFKD");
    const plain = bare
      .replace(/[\u0300-\u036f]/g, "")
      .normalize("NFC")
      .toLowerCase();
    for (const word of plain.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []) {
      const latin = anyAscii(word.replace(/ου/g, "ou"))
        .toLowerCase()
        .replace(/[^a-z0-9]/g, "");
      for (const spelling of [word, latin].filter((one) => one !== "")) {
        parts.add(spelling);
        const shortest = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(
          spelling,
        )
          ? 1
          : 3;
        for (let from = 1; from <= spelling.length - shortest; from += 1)
          parts.add(`~${spelling.slice(from)}`);
      }
    }
  }
  return [...parts];
}
