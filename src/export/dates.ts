type Maybe = Date | null | undefined;

/** A moment in UTC, ISO 8601 to the millisecond. */
export function toMoment(date: Maybe): string | null {
  return date?.toISOString() ?? null;
}

/** A calendar day, which is stored as midnight UTC. */
export function toDay(date: Maybe): string | null {
  return date?.toISOString().replace(/T.*/, "") ?? null;
}
