import type { ItemCounts } from "../domain/ledger.ts";
import type { ReportedFailure, RunReport, RunStatus } from "../domain/run-report.ts";
import type { Colors } from "./colors.ts";
import { formatCount, formatDuration } from "./numbers.ts";
import { renderTable } from "./table.ts";

const HEADINGS = ["", "read", "new", "changed", "unchanged", "failed"] as const;
/** A tired person reads the first few; the report holds them all. */
const MOST_FAILURES_SHOWN = 10;

/** A run report for a person: what came, what changed, what failed and what to do about it. */
export function renderRunSummary(report: RunReport, colors: Colors): string {
  if (report.status === "failed" && report.summary.attempted === 0) return firstReason(report, colors);
  const parts = [
    headline(report, colors),
    itemTable(report, colors),
    scanLine(report),
    callLine(report),
    ...openLines(report, colors),
    ...warningLines(report, colors),
    ...failureLines(report, colors),
  ];
  return parts.join("\n");
}

const MARK: Readonly<Record<RunStatus, string>> = { succeeded: "✔", partial: "!", failed: "✖" };

function headline(report: RunReport, colors: Colors): string {
  const { status, duration_ms, account_id, run_id, dry_run } = report;
  const paint = { succeeded: colors.green, partial: colors.yellow, failed: colors.red }[status];
  const facts = colors.dim(`account ${account_id}, run ${run_id}`);
  const dry = dry_run
    ? `\n${colors.yellow("  Dry run: nothing was written. This is what would have been:")}`
    : "";
  return `${paint(`${MARK[status]} ${status}`)} in ${formatDuration(duration_ms)}  ${facts}${dry}`;
}

/** Nothing was even tried: then the reason is all there is to say. */
function firstReason({ failures }: RunReport, colors: Colors): string {
  const [first] = failures;
  return first ? `${colors.red("✖ failed")}: ${first.message}. ${first.remediation}` : colors.red("✖ failed");
}

function itemTable({ items }: RunReport, colors: Colors): string {
  const head = HEADINGS.map((heading) => colors.dim(heading));
  return renderTable(
    head,
    Object.entries(items).map(([name, counts]) => itemRow(name, counts, colors)),
  );
}

function itemRow(name: string, counts: ItemCounts, colors: Colors): string[] {
  const { attempted, inserted, updated, unchanged, failed } = counts;
  const cells = [attempted, inserted, updated, unchanged].map(formatCount);
  return [name, ...cells, failed > 0 ? colors.red(formatCount(failed)) : "0"];
}

/** Why so few were read: what the list showed, and what followed from it. */
function scanLine({ items: { conversations, messages } }: RunReport): string {
  const { scanned, changed, swept, refreshed, gone } = conversations;
  if (changed === scanned) return `  All ${formatCount(scanned)} conversations were read`;
  const parts = [
    `${formatCount(changed)} changed`,
    ...(swept > 0 ? [`${formatCount(swept)} read again in turn`] : []),
    ...(refreshed > 0 ? [`${formatCount(refreshed)} with new names or prices`] : []),
    ...(gone > 0 ? [`${formatCount(gone)} gone meanwhile`] : []),
  ];
  const deleted = [
    ...(conversations.deleted > 0 ? [`${formatCount(conversations.deleted)} conversations`] : []),
    ...(messages.deleted > 0 ? [`${formatCount(messages.deleted)} messages`] : []),
  ];
  const marked = deleted.length > 0 ? `; ${deleted.join(" and ")} marked as deleted` : "";
  return `  Of ${formatCount(scanned)} conversations ${parts.join(", ")}${marked}`;
}

/** What failed before and was not due: the table above does not show it. */
function openLines({ open_failures, summary }: RunReport, colors: Colors): string[] {
  const resting = (open_failures ?? 0) - summary.failed;
  if (resting <= 0) return [];
  const what = `${formatCount(resting)} that failed before are still to come`;
  return [`  ${colors.yellow("!")} ${what}: hostaway-sync failures`];
}

function warningLines({ warnings }: RunReport, colors: Colors): string[] {
  return warnings.flatMap(({ message, remediation }) => [
    "",
    `  ${colors.yellow("!")} ${message}.`,
    colors.dim(`      ${remediation}`),
  ]);
}

function callLine({ api }: RunReport): string {
  const byEndpoint = Object.entries(api.by_endpoint)
    .sort(([, a], [, b]) => b - a)
    .map(([endpoint, calls]) => `${endpoint} ${formatCount(calls)}`);
  const trouble = [
    ...(api.retries > 0 ? [`${formatCount(api.retries)} retries`] : []),
    ...(api.rate_limited > 0 ? [`${formatCount(api.rate_limited)} times rate limited`] : []),
  ];
  const full = api.full_sync_calls;
  const instead = full !== null && full > api.calls ? [`instead of ${formatCount(full)} for everything`] : [];
  return `  ${[`${formatCount(api.calls)} API calls (${byEndpoint.join(", ")})`, ...instead, ...trouble].join(", ")}`;
}

function failureLines({ failures, summary }: RunReport, colors: Colors): string[] {
  if (failures.length === 0) return [];
  const shown = failures.slice(0, MOST_FAILURES_SHOWN).flatMap((failure) => failureLine(failure, colors));
  const hidden = Math.max(failures.length, summary.failed) - Math.min(failures.length, MOST_FAILURES_SHOWN);
  return ["", ...shown, ...(hidden > 0 ? [`  … and ${formatCount(hidden)} more: see --report FILE`] : [])];
}

function failureLine(failure: ReportedFailure, colors: Colors): string[] {
  const { item_type, item_id, conversation_id, error_type, message, remediation } = failure;
  const where = item_type === "message" && conversation_id ? ` in conversation ${conversation_id}` : "";
  const what = item_type === "run" ? "the run" : `${item_type} ${item_id ?? "(without id)"}${where}`;
  return [`  ${colors.red(error_type)}  ${what}: ${message}`, colors.dim(`      ${remediation}`)];
}
