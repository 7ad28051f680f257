import { tzOffset } from "@date-fns/tz";
import { isTimeZone, MINUTE_MS } from "../domain/time.ts";

/** The first of these that is a time zone the IANA database knows; null when none is. */
export function firstTimeZone(...names: readonly (string | null)[]): string | null {
  return names.find((name) => name !== null && isTimeZoneOnce(name)) ?? null;
}

const knownTimeZones = new Map<string, boolean>();

/** Names come from an account's few listings, but a source gone mad must not fill the memory. */
const MOST_NAMES_REMEMBERED = 1_000;

function isTimeZoneOnce(name: string): boolean {
  let answer = knownTimeZones.get(name);
  if (answer === undefined) {
    answer = isTimeZone(name);
    if (knownTimeZones.size < MOST_NAMES_REMEMBERED) knownTimeZones.set(name, answer);
  }
  return answer;
}

/** What the clock on the wall showed, as ISO 8601 without zone: "2026-07-16T12:12:52". */
export function toLocalTimestamp(moment: Date, timeZone: string | null): string | null {
  if (timeZone === null) return null;
  const offsetMinutes = tzOffset(timeZone, moment);
  if (Number.isNaN(offsetMinutes)) return null;
  const iso = new Date(moment.getTime() + offsetMinutes * MINUTE_MS).toISOString();
  return iso.startsWith("+") ? null : iso.slice(0, 19); // beyond the year 9999
}
