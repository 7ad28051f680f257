import type { Colors } from "./colors.ts";
import { formatDuration } from "./numbers.ts";

/** When the next run is due, in its time zone. */
export function renderNextRun(
  at: Date,
  why: "planned" | "missed",
  { timeZone }: { readonly timeZone: string },
  now: Date,
  colors: Colors,
): string {
  if (why === "missed") return colors.dim("No completed run yet, or one was missed: starting now.");
  const wait = formatDuration(Math.max(0, at.getTime() - now.getTime()));
  return colors.dim(`Next run ${formatIn(at, timeZone)}, in ${wait}. Press Ctrl-C to stop.`);
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
