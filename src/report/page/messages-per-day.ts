import type { RunReport } from "../../domain/run-report.ts";
import { DAY_MS } from "../../domain/time.ts";

export interface DayCounts {
  readonly day: Date;
  readonly inserted: number;
  readonly updated: number;
}

/** In longer periods, days without a run are left out. */
const LONGEST_GAPLESS_DAYS = 62;

/** New and changed messages by the day (UTC) on which their run started, without dry runs. */
export function messagesPerDay(runs: readonly RunReport[]): DayCounts[] {
  const days = new Map<number, { inserted: number; updated: number }>();
  for (const day of daysOf(runs)) days.set(day, { inserted: 0, updated: 0 });
  for (const { started_at, items, dry_run } of runs) {
    const counts = days.get(dayOf(started_at));
    if (!counts || dry_run) continue;
    counts.inserted += items.messages.inserted;
    counts.updated += items.messages.updated;
  }
  return [...days].map(([day, counts]) => ({ day: new Date(day * DAY_MS), ...counts }));
}

function daysOf(runs: readonly RunReport[]): number[] {
  const days = runs.map(({ started_at }) => dayOf(started_at)).sort((a, b) => a - b);
  const first = days[0] ?? 0;
  const length = (days[days.length - 1] ?? 0) - first + 1;
  return length > LONGEST_GAPLESS_DAYS ? days : Array.from({ length }, (_, index) => first + index);
}

function dayOf(date: Date): number {
  return Math.floor(date.getTime() / DAY_MS);
}
