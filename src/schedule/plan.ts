import { tzOffset } from "@date-fns/tz";
import { parse } from "node-cron";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../domain/time.ts";
import { matchesDay } from "./crontab-days.ts";

/** The times at which runs are due: a cron expression in the local time of a time zone. */
export interface Plan {
  /** The first moment after this one. */
  next(after: Date): Date;
  /** The last moment that is not after this one; null when there was none in eight years. */
  previous(at: Date): Date | null;
}

/** The 29th of February may be eight years away. */
const MOST_DAYS = 8 * 366 + 2;

/**
 * Each local time happens once on each day that has it: where the clock is put back, the first of the two;
 * where it is put forward over it, the moment it is put forward. So a run is neither skipped nor doubled by
 * summer time, wherever its hour is.
 *
 * @param expression that node-cron accepts, of five fields or six, the first of which are seconds then
 * @param timeZone by its IANA name
 */
export function createPlan(expression: string, timeZone: string): Plan {
  const { second, minute, hour } = parse(expression);
  const times = timesOfDay(hour, minute, second);
  const matches = matchesDay(expression);
  const matchesDayOf = (day: number) => matches(new Date(day + (times[0] ?? 0)));
  const momentOf = (wall: number) => momentWhen(wall, timeZone);

  return {
    next(after) {
      const wall = wallClockMs(after.getTime(), timeZone);
      for (let day = startOfDay(wall), days = 0; days < MOST_DAYS; day += DAY_MS, days += 1) {
        if (!matchesDayOf(day)) continue;
        for (const time of times) {
          if (day + time <= wall) continue;
          const moment = momentOf(day + time);
          if (moment > after.getTime()) return new Date(moment);
        }
      }
      throw new Error(`no day matches ${expression} within eight years`);
    },
    previous(at) {
      const tomorrow = startOfDay(wallClockMs(at.getTime(), timeZone)) + DAY_MS;
      for (let day = tomorrow, days = 0; days < MOST_DAYS; day -= DAY_MS, days += 1) {
        if (!matchesDayOf(day)) continue;
        for (const time of times.toReversed()) {
          const moment = momentOf(day + time);
          if (moment <= at.getTime()) return new Date(moment);
        }
      }
      return null;
    },
  };
}

function timesOfDay(
  hours: readonly number[],
  minutes: readonly number[],
  seconds: readonly number[],
): readonly number[] {
  const times = hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => ((hour * 60 + minute) * 60 + second) * SECOND_MS)),
  );
  return [...new Set(times)].sort((a, b) => a - b);
}

/** Local time, as milliseconds of the same date and time in UTC. */
function wallClockMs(moment: number, timeZone: string): number {
  return moment + offsetAt(moment, timeZone);
}

function startOfDay(wall: number): number {
  return Math.floor(wall / DAY_MS) * DAY_MS;
}

function offsetAt(moment: number, timeZone: string): number {
  return tzOffset(timeZone, new Date(moment)) * MINUTE_MS;
}

/** The first moment at which clocks show `wall` or, where they jump over it, more. */
function momentWhen(wall: number, timeZone: string): number {
  const before = offsetAt(wall - DAY_MS, timeZone);
  const after = offsetAt(wall + DAY_MS, timeZone);
  if (before === after) return wall - before;
  const [early, late] = [wall - Math.max(before, after), wall - Math.min(before, after)];
  if (wallClockMs(early, timeZone) === wall) return early;
  if (wallClockMs(late, timeZone) === wall) return late;
  return jumpBetween(early, late, wall, timeZone);
}

/** Clocks show less than `wall` at the first moment, more at the last, and jump over it in between. */
function jumpBetween(first: number, last: number, wall: number, timeZone: string): number {
  let [low, high] = [first, last];
  while (high - low > SECOND_MS) {
    const middle = Math.floor((low + high) / 2 / SECOND_MS) * SECOND_MS;
    if (wallClockMs(middle, timeZone) < wall) low = middle;
    else high = middle;
  }
  return high;
}
