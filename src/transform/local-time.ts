import { tzOffset } from "@date-fns/tz";
import { isTimeZone, MINUTE_MS } from "../domain/time.ts";

/** The first name that the IANA time zone database knows; null when it knows none. */
export function firstTimeZone(...names: readonly (string | null)[]): string | null {
  return names.find((name) => name !== null && isTimeZoneOnce(name)) ?? null;
}

const knownTimeZones = new Map<string, boolean>();

/** Names come from an account's few listings, but a faulty source must not fill the memory. */
const MOST_NAMES_REMEMBERED = 1_000;

function isTimeZoneOnce(name: string): boolean {
  let answer = knownTimeZones.get(name);
  if (answer === undefined) {
    answer = isTimeZone(name);
    if (knownTimeZones.size < MOST_NAMES_REMEMBERED) knownTimeZones.set(name, answer);
  }
  return answer;
}

/** The local time, as ISO 8601 without zone: "2026-07-16T12:12:52". */
export function toLocalTimestamp(moment: Date, timeZone: string | null): string | null {
  if (timeZone === null) return null;
  const offsetMinutes = tzOffset(timeZone, moment);
  if (Number.isNaN(offsetMinutes)) return null;
  const iso = new Date(moment.getTime() + offsetMinutes * MINUTE_MS).toISOString();
  return iso.startsWith("+") ? null : iso.slice(0, 19); // beyond the year 9999
}
