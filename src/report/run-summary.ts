import { inlineAll } from "../domain/printable.ts";
import type { RunReport, RunStatus } from "../domain/run-report.ts";
import { type Briefing, briefingOf, isQuiet, type KindCounts } from "./briefing.ts";
import type { Colors } from "./colors.ts";
import { type FailureGroup, headingOf, shownOf } from "./failure-groups.ts";
import { formatCount, formatDuration } from "./numbers.ts";
import { countOf, itemWords, STATUS_MARK } from "./phrases.ts";
import { renderTable } from "./table.ts";

const HEADINGS = ["", "read", "new", "changed", "unchanged", "failed"] as const;
/** Of one kind. A tired person reads the first few; the report holds them all. */
const MOST_SHOWN = 5;

/** A run report for a person at a terminal: what came, what changed, what failed and what to do about it. */
export function renderRunSummary(stored: RunReport, colors: Colors): string {
  const report = inlineAll(stored);
  const briefing = briefingOf(report);
  const { verdict, notes, scan, calls } = briefing;
  const told = [headline(report, colors), ...notes.map((note) => colors.yellow(`  ${note}`)), `  ${verdict}`];
  const nothingTried = report.status === "failed" && report.summary.attempted === 0;
  const came = nothingTried ? [] : ["", itemTable(briefing.kinds, colors), `  ${scan}`, `  ${calls}`];
  const todo = isQuiet(briefing) ? [] : todoLines(briefing, colors);
  return [...told, ...came, ...todo].join("\n");
}

function headline(report: RunReport, colors: Colors): string {
  const { status, duration_ms, account_id, run_id } = report;
  const facts = colors.dim(`account ${account_id}, run ${run_id}`);
  const word = painter(status, colors)(`${STATUS_MARK[status]} ${status}`);
  return `${word} in ${formatDuration(duration_ms)}  ${facts}`;
}

function painter(status: RunStatus, colors: Colors): (text: string) => string {
  return { succeeded: colors.green, partial: colors.yellow, failed: colors.red }[status];
}

function itemTable(kinds: readonly KindCounts[], colors: Colors): string {
  const head = HEADINGS.map((heading) => colors.dim(heading));
  return renderTable(
    head,
    kinds.map((counts) => itemRow(counts, colors)),
  );
}

function itemRow({ kind, read, inserted, updated, unchanged, failed }: KindCounts, colors: Colors): string[] {
  const cells = [read, inserted, updated, unchanged].map(formatCount);
  return [kind, ...cells, failed > 0 ? colors.red(formatCount(failed)) : "0"];
}

function todoLines({ groups, unnamed, open, warnings }: Briefing, colors: Colors): string[] {
  return [
    ...groups.flatMap((group) => groupLines(group, colors)),
    ...(unnamed > 0 ? ["", `  ${countOf(unnamed, "more failed item")}, not named in the report.`] : []),
    ...(open ? ["", `  ${colors.yellow("!")} ${open}`] : []),
    ...warnings.flatMap(({ message, remediation }) => [
      "",
      `  ${colors.yellow("!")} ${message}.`,
      colors.dim(`      ${remediation}`),
    ]),
  ];
}

function groupLines(group: FailureGroup, colors: Colors): string[] {
  const { shown, hidden } = shownOf(group, MOST_SHOWN);
  return [
    "",
    `  ${colors.red(headingOf(group))}  ${colors.dim(group.remedy)}`,
    ...shown.map((failure) => `      ${itemWords(failure)}: ${failure.message}`),
    ...(hidden > 0 ? [colors.dim(`      … and ${formatCount(hidden)} more, all in the report`)] : []),
  ];
}
