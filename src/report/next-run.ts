import type { Colors } from "./colors.ts";
import { formatDuration } from "./numbers.ts";

interface Schedule {
  readonly timeZone: string;
}

/** When the next run is due, by the clock of its zone. */
export function renderNextRun(
  at: Date,
  why: "planned" | "missed",
  { timeZone }: Schedule,
  now: Date,
  colors: Colors,
): string {
  if (why === "missed") return colors.dim("A run was missed, or none has come to its end yet: starting now.");
  const wait = formatDuration(Math.max(0, at.getTime() - now.getTime()));
  return colors.dim(`Next run ${formatIn(at, timeZone)}, in ${wait}. Ctrl-C ends.`);
}

/** "Sun 22 Nov 2026, 01:00 (Europe/Berlin)" */
export function formatIn(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  return `${parts.format(at)} (${timeZone})`;
}
