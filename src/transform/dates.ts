import { DAY_MS, MINUTE_MS } from "../domain/time.ts";

/**
 * Dates as Hostaway and its channels write them. Only an unambiguous date is accepted; 10/11/2026, say, is
 * not.
 */

/** 2026-11-10, then perhaps a time, then perhaps a zone: Hostaway's own form, ISO 8601, RFC 3339. */
const WRITTEN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\s*(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+\u2212-]\d{2}(?::?\d{2})?)?)?$/i;

/** RFC 5322, as in mails and HTTP: "Tue, 10 Nov 2026 09:00:00 +0000". */
const IN_MAILS =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|Z|[+-]\d{4})$/i;

/** Seconds or milliseconds since 1970, distinguished by the number of digits. */
const UNIX_TIME = /^\d{10}(?:\d{3})?(?:\.\d+)?$/;

/** Before the first of them there were no such messages; programs that know no date write 1970, 1900 or 1. */
const EARLIEST_MOMENT = Date.UTC(1990, 0, 1);
/** 9999-12-31, and 2099-12-31, mean "never". */
const LATEST_MOMENT = Date.UTC(2090, 0, 1);

/**
 * The moment that a date names; null for anything else, and for moments at which no message can have been
 * sent. A date without a zone is UTC: "2018-07-16 10:12:52" (documentation, "Dates and times").
 */
export function toMoment(given: string | number): Date | null {
  const ms = momentOf(typeof given === "number" ? String(given) : given.trim());
  return ms !== null && ms >= EARLIEST_MOMENT && ms < LATEST_MOMENT ? new Date(ms) : null;
}

function momentOf(text: string): number | null {
  if (UNIX_TIME.test(text)) return Number(text.slice(0, 10)) * 1_000;
  if (IN_MAILS.test(text)) return Date.parse(text);
  const match = WRITTEN.exec(text);
  const [, year, month, day, hours, minutes, seconds = "0", zone] = match ?? [];
  if (hours === undefined) return null;
  const midnight = midnightOf(Number(year), Number(month), Number(day));
  const time = timeOf(Number(hours), Number(minutes), Number(seconds));
  const offset = zoneOffsetOf(zone);
  return midnight === null || time === null || offset === null ? null : midnight + time - offset;
}

/** A calendar day, as midnight UTC; a time after it is ignored. */
export function toDay(given: string): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?$/.exec(given.trim()) ?? [];
  const midnight =
    day === undefined || Number(year) < 1900 ? null : midnightOf(Number(year), Number(month), Number(day));
  return midnight === null ? null : new Date(midnight);
}

/** Null for days that no calendar has, such as February 30th or 0000-00-00. */
function midnightOf(year: number, month: number, day: number): number | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
}

/** 24:00 is the end of a day, and 23:59:60 a leap second. */
function timeOf(hours: number, minutes: number, seconds: number): number | null {
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  return minutes < 60 && seconds <= 60 && ms <= DAY_MS ? ms : null;
}

function zoneOffsetOf(zone: string | undefined): number | null {
  const [, sign, hours, minutes = "0"] = /^([+\u2212-])(\d{2}):?(\d{2})?$/.exec(zone ?? "") ?? [];
  if (hours === undefined) return 0;
  if (Number(hours) > 15 || Number(minutes) > 59) return null;
  return (sign === "+" ? 1 : -1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}

/** Null, an empty text, MySQL's zero date, and the placeholder days of other programs. */
export function isNoDate(given: unknown): boolean {
  if (given === null || given === undefined || given === false || given === 0) return true;
  return (
    typeof given === "string" &&
    /^\s*(?:0*|0000-00-00.*|0001-01-01.*|1970-01-01.*|9999-12-31.*|null)\s*$/i.test(given)
  );
}
