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
    callLine(report),
    ...failureLines(report, colors),
  ];
  return parts.join("\n");
}

const MARK: Readonly<Record<RunStatus, string>> = { succeeded: "✔", partial: "!", failed: "✖" };

function headline({ status, duration_ms, account_id, run_id }: RunReport, colors: Colors): string {
  const paint = { succeeded: colors.green, partial: colors.yellow, failed: colors.red }[status];
  const facts = colors.dim(`account ${account_id}, run ${run_id}`);
  return `${paint(`${MARK[status]} ${status}`)} in ${formatDuration(duration_ms)}  ${facts}`;
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

function callLine({ api }: RunReport): string {
  const byEndpoint = Object.entries(api.by_endpoint)
    .sort(([, a], [, b]) => b - a)
    .map(([endpoint, calls]) => `${endpoint} ${formatCount(calls)}`);
  const trouble = [
    ...(api.retries > 0 ? [`${formatCount(api.retries)} retries`] : []),
    ...(api.rate_limited > 0 ? [`${formatCount(api.rate_limited)} times rate limited`] : []),
  ];
  return `  ${[`${formatCount(api.calls)} API calls (${byEndpoint.join(", ")})`, ...trouble].join(", ")}`;
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
