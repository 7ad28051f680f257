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

/** A run in the sentences that a person reads in the morning, for whatever they are shown on. */
export interface Briefing {
  readonly verdict: string;
  readonly when: string;
  /** What to know before reading the counts: a dry run, say. */
  readonly notes: readonly string[];
  readonly groups: readonly FailureGroup[];
  readonly unnamed: number;
  /** What failed in earlier runs and has not come since; null when there is nothing to say. */
  readonly open: string | null;
  readonly warnings: readonly Warning[];
  readonly kinds: readonly KindCounts[];
  readonly scan: string;
  readonly calls: string;
}

export function briefingOf(report: RunReport): Briefing {
  return {
    verdict: verdictOf(report),
    when: `${formatMoment(report.started_at)}, ${formatDuration(report.duration_ms)} long`,
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

/** True when the morning may go on. */
export function isQuiet({ groups, warnings, unnamed, open }: Briefing): boolean {
  return groups.length === 0 && warnings.length === 0 && unnamed === 0 && open === null;
}

function verdictOf({ status, summary, failures, dry_run }: RunReport): string {
  const { failed, attempted, succeeded } = summary;
  if (status === "failed") {
    const reason = failures.find(({ item_type }) => item_type === "run");
    const stored =
      succeeded === 0 ? "Nothing was stored" : `${countOf(succeeded, "item")} came through before`;
    return `The run ended early${reason ? `: ${reason.message.replace(/\.$/, "")}` : ""}. ${stored}.`;
  }
  const others = dry_run || succeeded === 0 ? "" : "; all others are stored";
  if (status === "partial" && failed === 0)
    return "Nothing failed, but what failed in earlier runs is not all here.";
  if (status === "partial") return `${formatCount(failed)} of ${countOf(attempted, "item")} failed${others}.`;
  return `Everything that Hostaway listed ${dry_run ? "could be read" : "is stored"}.`;
}

/** Items that failed before this run and are still missing; null when it could not be told. */
export function countResting({ open_failures, summary }: RunReport): number | null {
  return open_failures === null ? null : Math.max(0, open_failures - summary.failed);
}

function openOf(report: RunReport): string | null {
  const resting = countResting(report);
  if (resting === null && report.status === "partial" && report.summary.failed === 0)
    return "What failed in earlier runs could not be counted. To see it, run: hostaway-sync failures";
  if (resting === null || resting === 0) return null;
  return `${countOf(resting, "item")} that failed before ${resting === 1 ? "is" : "are"} still to come. To see them, run: hostaway-sync failures`;
}

function howToGoOn(status: RunReport["status"]): string {
  return status === "failed" ? " To go on where it ended, run: hostaway-sync backfill --resume" : "";
}

function notesOf({ dry_run, mode, status }: RunReport): string[] {
  return [
    ...(dry_run ? ["Dry run: nothing was written. The counts say what would have been."] : []),
    ...(mode === "backfill" ? [`A backfill: what was asked for is read again.${howToGoOn(status)}`] : []),
    ...(mode === "replay" ? ["A replay: only what had failed before was tried."] : []),
  ];
}

function countsOf(kind: string, counts: ItemCounts): KindCounts {
  const { attempted, inserted, updated, unchanged, failed } = counts;
  return { kind, read: attempted, inserted, updated, unchanged, failed };
}

/** Why so few were read: what the list showed, and what followed from it. */
function scanOf({ mode, items: { conversations, messages } }: RunReport): string {
  const { scanned, changed, swept, refreshed, gone } = conversations;
  const deleted = [
    ...(conversations.deleted > 0 ? [countOf(conversations.deleted, "conversation")] : []),
    ...(messages.deleted > 0 ? [countOf(messages.deleted, "message")] : []),
  ];
  const marked = deleted.length > 0 ? ` Marked as deleted: ${listOf(deleted)}.` : "";
  if (mode === "replay") return `${countOf(changed, "conversation")} read again.${marked}`;
  if (mode === "backfill" && scanned === 0) return `${countOf(changed, "conversation")} read again.${marked}`;
  if (mode === "backfill")
    return `The list showed ${countOf(scanned, "conversation")}; ${formatCount(swept)} were read again.${marked}`;
  if (scanned === 0) return `The list of conversations was not read.${marked}`;
  const looked = `The list showed ${countOf(scanned, "conversation")}`;
  if (changed === scanned) return `${looked}; all were read.${marked}`;
  const parts = [
    `${formatCount(changed)} changed`,
    ...(swept > 0 ? [`${formatCount(swept)} read again in turn`] : []),
    ...(refreshed > 0 ? [`${formatCount(refreshed)} with new names or prices`] : []),
    ...(gone > 0 ? [`${formatCount(gone)} gone meanwhile`] : []),
  ];
  return `${looked}: ${listOf(parts)}.${marked}`;
}

function callsOf({ api: { calls, retries, rate_limited, full_sync_calls: full } }: RunReport): string {
  const instead =
    full !== null && full > calls ? ` instead of ${formatCount(full)} for reading everything` : "";
  const trouble = [
    ...(retries > 0 ? [countOf(retries, "retry", "retries")] : []),
    ...(rate_limited > 0 ? [`${countOf(rate_limited, "time")} rate limited`] : []),
  ];
  return `${countOf(calls, "API call")}${instead}${trouble.length > 0 ? `; ${listOf(trouble)}` : ""}.`;
}
