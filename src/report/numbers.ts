import { DAY_MS } from "../domain/time.ts";

const WHOLE = new Intl.NumberFormat("en-US");

/** "12,345" */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** "430 ms", "6.2 s", "3 min 20 s", "2 h 5 min", "3 d 4 h" */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** "18 min 3 s ago", "29 days ago", "over 2 years ago" */
export function formatAge(ms: number): string {
  const age = Math.max(0, ms);
  const years = Math.floor(age / (365 * DAY_MS));
  if (years > 0) return years === 1 ? "over a year ago" : `over ${years} years ago`;
  if (age < 2 * DAY_MS) return `${formatDuration(age)} ago`;
  return `${Math.floor(age / DAY_MS)} days ago`;
}

/** "34 %", "0.4 %"; "0 %" of nothing. */
export function formatShare(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (part / whole) * 100;
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** Whole minutes: "0 min", "18 min", "1 h 5 min", "3 d 4 h" */
export function formatMinutes(minutes: number): string {
  const whole = Math.round(minutes);
  return whole < 60 ? `${whole} min` : formatDuration(whole * 60_000).replace(" 0 min", "");
}

/** "812 B", "3.4 MB", "1.2 GB" */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${(bytes / 1_000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
