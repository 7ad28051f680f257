import type { ItemCounts } from "../domain/ledger.ts";
import type { RunReport, Warning } from "../domain/run-report.ts";
import { countUnnamed, type FailureGroup, groupFailures } from "./failure-groups.ts";
import { formatCount, formatDuration } from "./numbers.ts";
import { countOf, formatMoment, listOf } from "./phrases.ts";

export interface KindCounts {
  readonly kind: string;
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
}

/** A run in sentences for a person, shared by terminal, mail and page. */
export interface Briefing {
  readonly verdict: string;
  readonly when: string;
  /** Context for the counts, such as a dry run. */
  readonly notes: readonly string[];
  readonly groups: readonly FailureGroup[];
  readonly unnamed: number;
  /** Failures of earlier runs that are still open; null when there are none. */
  readonly open: string | null;
  readonly warnings: readonly Warning[];
  readonly kinds: readonly KindCounts[];
  readonly scan: string;
  readonly calls: string;
}

export function briefingOf(report: RunReport): Briefing {
  return {
    verdict: verdictOf(report),
    when: `${formatMoment(report.started_at)}, took ${formatDuration(report.duration_ms)}`,
    notes: notesOf(report),
    groups: groupFailures(report),
    unnamed: countUnnamed(report),
    open: openOf(report),
    warnings: report.warnings,
    kinds: Object.entries(report.items).map(([kind, counts]) => countsOf(kind, counts)),
    scan: scanOf(report),
    calls: callsOf(report),
  };
}

/** True when nobody has to act. */
export function isQuiet({ groups, warnings, unnamed, open }: Briefing): boolean {
  return groups.length === 0 && warnings.length === 0 && unnamed === 0 && open === null;
}

function verdictOf(report: RunReport): string {
  const { status, summary, dry_run } = report;
  const { failed, attempted, succeeded } = summary;
  if (status === "failed") return earlyEndOf(report);
  if (status === "succeeded") return successOf(report);
  if (failed === 0) return "Nothing failed in this run, but earlier failures are still open.";
  const done = dry_run ? "could be read" : "stored";
  return `${formatCount(succeeded)} of ${countOf(attempted, "item")} ${done}, ${formatCount(failed)} failed.`;
}

function earlyEndOf({ summary: { succeeded }, failures, dry_run }: RunReport): string {
  const reason = failures.find(({ item_type }) => item_type === "run");
  const done = dry_run ? "read" : "stored";
  const stored =
    succeeded === 0 ? `Nothing was ${done}` : `${countOf(succeeded, "item")} had been ${done} by then`;
  return `The run ended early${reason ? `: ${reason.message.replace(/\.$/, "")}` : ""}. ${stored}.`;
}

/** Backfills and replays read a selection; only a nightly run covers the whole account. */
function successOf({ mode, dry_run }: RunReport): string {
  const result = dry_run ? "could be read" : "have been copied";
  if (mode === "backfill") return `All selected items ${result}.`;
  if (mode === "replay") return `All retried items ${result}.`;
  return `Everything in Hostaway ${dry_run ? result : "has been copied"}.`;
}

/** Failures of earlier runs that are still open; null when they could not be counted. */
export function countOpenBefore({ open_failures, summary }: RunReport): number | null {
  return open_failures === null ? null : Math.max(0, open_failures - summary.failed);
}

function openOf(report: RunReport): string | null {
  const open = countOpenBefore(report);
  if (open === null && report.status === "partial" && report.summary.failed === 0)
    return "Earlier failures could not be counted. For details, run: hostaway-sync failures";
  if (open === null || open === 0) return null;
  return `${countOf(open, "earlier failure")} ${open === 1 ? "is" : "are"} still open. For details, run: hostaway-sync failures`;
}

function howToResume(status: RunReport["status"]): string {
  return status === "failed" ? " To continue it, run: hostaway-sync backfill --resume" : "";
}

function notesOf({ dry_run, mode, status }: RunReport): string[] {
  return [
    ...(dry_run ? ["Dry run: nothing was written. Counts show what would have changed."] : []),
    ...(mode === "backfill" ? [`Backfill of the selected conversations.${howToResume(status)}`] : []),
    ...(mode === "replay" ? ["Replay: only items that had failed before were retried."] : []),
  ];
}

function countsOf(kind: string, counts: ItemCounts): KindCounts {
  const { attempted, inserted, updated, unchanged, failed } = counts;
  return { kind, read: attempted, inserted, updated, unchanged, failed };
}

/** How many conversations the list showed, and why only some of them were read. */
function scanOf({ mode, items: { conversations, messages } }: RunReport): string {
  const { scanned, changed, swept, refreshed, gone } = conversations;
  const deleted = [
    ...(conversations.deleted > 0 ? [countOf(conversations.deleted, "conversation")] : []),
    ...(messages.deleted > 0 ? [countOf(messages.deleted, "message")] : []),
  ];
  const marked = deleted.length > 0 ? ` Marked as deleted: ${listOf(deleted)}.` : "";
  const checked = `${countOf(scanned, "conversation")} checked`;
  if (mode === "replay" || (mode === "backfill" && scanned === 0))
    return `${countOf(changed, "conversation")} re-read.${marked}`;
  if (mode === "backfill") return `${checked}, ${formatCount(swept)} re-read.${marked}`;
  if (scanned === 0) return `The list of conversations was not read.${marked}`;
  if (changed === scanned) return `${checked} and read.${marked}`;
  const parts = [
    `${changed === 0 ? "none" : formatCount(changed)} changed`,
    ...(swept > 0 ? [`${formatCount(swept)} re-read as part of the rolling check`] : []),
    ...(refreshed > 0 ? [`${formatCount(refreshed)} with new names or prices`] : []),
    ...(gone > 0 ? [`${formatCount(gone)} deleted during the run`] : []),
  ];
  return `${checked}: ${listOf(parts)}.${marked}`;
}

function callsOf({ api: { calls, retries, rate_limited, full_sync_calls } }: RunReport): string {
  const full =
    full_sync_calls !== null && full_sync_calls > calls
      ? ` (a full sync would take ${formatCount(full_sync_calls)})`
      : "";
  const trouble = [
    ...(retries > 0 ? [countOf(retries, "retry", "retries")] : []),
    ...(rate_limited > 0 ? [countOf(rate_limited, "rate-limit response")] : []),
  ];
  return `${countOf(calls, "API call")}${full}${trouble.length > 0 ? `; ${listOf(trouble)}` : ""}.`;
}
