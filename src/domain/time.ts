export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** ISO 8601 in UTC, to the millisecond. */
export function isoMoment(date: Date): string {
  return date.toISOString();
}

/** YYYY-MM-DD, of a calendar day that is stored as midnight UTC. */
export function isoDay(date: Date): string {
  return date.toISOString().replace(/T.*/, "");
}

/** Whether the IANA database knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
