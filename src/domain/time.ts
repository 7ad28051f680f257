export const MINUTE_MS = 60_000;
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
