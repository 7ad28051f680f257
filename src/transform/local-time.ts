import { tzOffset } from "@date-fns/tz";

/** The first of these that is a time zone the IANA database knows; null when none is. */
export function firstTimeZone(...names: readonly (string | null)[]): string | null {
  return names.find((name) => name !== null && isTimeZone(name)) ?? null;
}

const known = new Map<string, boolean>();

/** Names come from an account's few listings, but a source gone mad must not fill the memory. */
const MOST_NAMES_REMEMBERED = 1_000;

function isTimeZone(name: string): boolean {
  let answer = known.get(name);
  if (answer === undefined) {
    answer = isKnownToIntl(name);
    if (known.size < MOST_NAMES_REMEMBERED) known.set(name, answer);
  }
  return answer;
}

function isKnownToIntl(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What the clock on the wall showed, as ISO 8601 without zone: "2026-07-16T12:12:52". */
export function toLocalTimestamp(moment: Date, timeZone: string | null): string | null {
  if (timeZone === null) return null;
  const offsetMinutes = tzOffset(timeZone, moment);
  if (Number.isNaN(offsetMinutes)) return null;
  const iso = new Date(moment.getTime() + offsetMinutes * 60_000).toISOString();
  return iso.startsWith("+") ? null : iso.slice(0, 19); // beyond the year 9999
}
