import { type Country, GUEST_COUNTRIES } from "../content/people.ts";
import type { ChannelFacts, GuestFacts } from "../facts.ts";
import { chance, digits, fillDigits, hex, integer, pick, type Random, weighted } from "../random.ts";

/** The share of filled fields follows the recorded account (api facts: 41 % no mail, 44 % no phone …). */
export function makeGuest(r: Random, channel: ChannelFacts): GuestFacts {
  const country = pick(r, GUEST_COUNTRIES);
  const first = pick(r, country.first);
  const last = pick(r, country.last);
  return {
    language: country.language,
    ...namesOf(r, first, last, channel),
    ...mailOf(r, first, last),
    ...phoneOf(r, country),
    ...countryOf(r, country),
    ...localeOf(r, country),
    city: chance(r, 0.3) ? pick(r, country.cities) : null,
  };
}

function namesOf(r: Random, first: string, last: string, channel: ChannelFacts) {
  const full = `${first} ${last}`;
  return {
    firstName: chance(r, 0.03) ? null : first,
    lastName: chance(r, 0.21) ? null : last,
    reservationName: weighted(r, [
      [970, full],
      [12, ` ${full} `],
      [10, "."],
      [5, ""],
      [3, first],
    ]),
    recipientName: weighted(r, [
      [channel.platform === "airbnb" ? 900 : 60, first],
      [channel.platform === "airbnb" ? 60 : 900, full],
      [12, "."],
      [8, `${first}  `],
      [4, first.slice(0, 1)],
    ]),
  };
}

function mailOf(r: Random, first: string, last: string) {
  const ascii = `${first}.${last}`
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z.]/g, "")
    .toLowerCase();
  const mail = `${ascii === "." ? "guest" : ascii}${integer(r, 1, 9999)}@example.${pick(r, ["com", "org", "net"])}`;
  const relayEmail = `c-${hex(r, 32)}@guest.hostaway.info`;
  const known = chance(r, 0.59);
  return {
    relayEmail,
    recipientEmail: known ? mail : chance(r, 0.02) ? relayEmail : null,
    reservationEmail: chance(r, known ? 0.6 : 0.15) ? mail : chance(r, 0.03) ? relayEmail : null,
  };
}

function phoneOf(r: Random, country: Country) {
  if (chance(r, 0.35)) return { phone: null, phoneCountry: null };
  return { phone: fillDigits(r, country.phone), phoneCountry: country.code };
}

function countryOf(r: Random, country: Country) {
  return weighted<{ countryText: string | null; country: string | null }>(r, [
    [58, { countryText: null, country: null }],
    [4, { countryText: "", country: null }],
    [28, { countryText: country.code, country: country.code }],
    [10, { countryText: country.name, country: country.code }],
  ]);
}

function localeOf(r: Random, country: Country) {
  const locale = chance(r, 0.35) ? null : pick(r, country.locales);
  return { locale, localeRegion: locale?.split(/[-_]/)[1] ?? null };
}

/** Channels' confirmation codes: ten letters and digits, Airbnb's starting with HM. */
export function confirmationCode(r: Random): string {
  return `HM${hex(r, 8).toUpperCase()}`;
}

export function channelReservationId(
  r: Random,
  channel: ChannelFacts,
  listingId: number,
  code: string,
): string {
  switch (channel.platform) {
    case "airbnb":
      return `${listingId}-guest-${digits(r, 9)}-confirmation-${code}`;
    case "vrbo":
      return [8, 4, 4, 4, 12].map((length) => hex(r, length)).join("-");
    default:
      return `${listingId}-${channel.id}-${digits(r, 10)}`;
  }
}
