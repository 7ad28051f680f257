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

/** Letters without a separable accent, and the spellings of umlauts on a keyboard without them. */
const LATIN: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ı: "i",
  ς: "σ",
};
const UMLAUTS: Readonly<Record<string, string>> = { ä: "ae", ö: "oe", ü: "ue", ø: "oe", å: "aa" };

/**
 * In alphabetical order: the words without accents and apostrophes, the same with umlauts as two letters, in
 * Latin letters too, with "~" the endings of each of them, and each two neighbours as one word.
 */
export function nameParts({ guest }: BookingFacts): string[] {
  const parts = new Set<string>();
  for (const name of [guest.recipientName, guest.reservationName, guest.firstName, guest.lastName]) {
    const typed = (name ?? "").normalize("NFC").toLowerCase();
    for (const spelled of [typed, typed.replace(/[äöüøå]/g, (one) => UMLAUTS[one] ?? one)]) {
      const words = plainWords(spelled);
      for (const word of words)
        for (const spelling of [word, latinOf(word)].filter((one) => one !== ""))
          addWithEndings(parts, spelling);
      for (const [index, word] of words.slice(1).entries()) {
        const before = words[index] ?? "";
        if (before.length < 2 || word.length < 2) continue;
        const joined = (before + word).slice(0, 40);
        for (const spelling of [joined, latinOf(joined)]) if (spelling !== "") parts.add(spelling);
      }
    }
  }
  return [...parts].sort();
}

function plainWords(name: string): string[] {
  const bare = name.replace(/(\p{L})['’](?=\p{L})/gu, "$1").normalize("NFKD");
  const plain = bare
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[ßæœøđðþłıς]/g, (one) => LATIN[one] ?? one);
  return plain.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

function latinOf(word: string): string {
  return anyAscii(word.replace(/ου/g, "ou"))
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

function addWithEndings(parts: Set<string>, spelling: string): void {
  parts.add(spelling);
  const dense = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(spelling);
  for (let from = 1; from <= spelling.length - (dense ? 1 : 3); from += 1)
    parts.add(`~${spelling.slice(from)}`);
}
