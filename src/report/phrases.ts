import type { ReportedFailure, RunStatus } from "../domain/run-report.ts";
import { formatCount } from "./numbers.ts";

export const STATUS_MARK: Readonly<Record<RunStatus, string>> = { succeeded: "✔", partial: "!", failed: "✖" };

/** "1 message", "2,041 messages" */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and c" */
export function listOf(parts: readonly string[]): string {
  return parts.length < 2
    ? parts.join("")
    : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1] ?? ""}`;
}

/** "validation error" */
export function errorWords(type: string): string {
  return type.replaceAll("_", " ");
}

/** The item's type and id, to look it up in Hostaway. */
export function itemWords({ item_type, item_id, conversation_id }: ReportedFailure): string {
  if (item_type === "run") return "the run";
  const where = item_type === "message" && conversation_id ? ` in conversation ${conversation_id}` : "";
  return `${item_type} ${item_id ?? "without id"}${where}`;
}

const UTC = { timeZone: "UTC" } as const;
const DAY_FORMAT = new Intl.DateTimeFormat("en-GB", { ...UTC, day: "numeric", month: "short" });
const DATE_FORMAT = new Intl.DateTimeFormat("en-GB", {
  ...UTC,
  day: "numeric",
  month: "long",
  year: "numeric",
});
const TIME_FORMAT = new Intl.DateTimeFormat("en-GB", { ...UTC, hour: "2-digit", minute: "2-digit" });

const MONTH_FORMAT = new Intl.DateTimeFormat("en-US", { ...UTC, month: "short" });
const MONTH_OF_YEAR_FORMAT = new Intl.DateTimeFormat("en-GB", { ...UTC, month: "long", year: "numeric" });

/** "Nov" */
export function formatShortMonth(date: Date): string {
  return MONTH_FORMAT.format(date);
}

/** "November 2026" */
export function formatMonth(date: Date): string {
  return MONTH_OF_YEAR_FORMAT.format(date);
}

/** "20 Nov" */
export function formatDay(date: Date): string {
  return DAY_FORMAT.format(date);
}

/** "20 November 2026" */
export function formatDate(date: Date): string {
  return DATE_FORMAT.format(date);
}

/** "01:00", in UTC. */
export function formatTime(date: Date): string {
  return TIME_FORMAT.format(date);
}

/** "20 November 2026, 01:00 UTC" */
export function formatMoment(date: Date): string {
  return `${formatDate(date)}, ${formatTime(date)} UTC`;
}
