import { inlineAll } from "../domain/printable.ts";
import type { RunReport, RunStatus } from "../domain/run-report.ts";
import { type Briefing, briefingOf, isQuiet } from "./briefing.ts";
import type { Colors } from "./colors.ts";
import { type FailureGroup, headingOf, shownOf } from "./failure-groups.ts";
import { renderItemTable } from "./item-table.ts";
import { formatCount, formatDuration } from "./numbers.ts";
import { countOf, itemWords, STATUS_MARK } from "./phrases.ts";

/** Failures per group: enough to recognize the problem; the report lists more. */
const SHOWN_ON_TERMINAL = 5;

/** A run report for the terminal: counts, changes, failures and their remedies. */
export function renderRunSummary(stored: RunReport, colors: Colors): string {
  const report = inlineAll(stored);
  const briefing = briefingOf(report);
  const { verdict, notes, scan, calls } = briefing;
  const opening = [
    statusLine(report, colors),
    ...notes.map((note) => colors.yellow(`  ${note}`)),
    `  ${verdict}`,
  ];
  const nothingTried = report.status === "failed" && report.summary.attempted === 0;
  const counts = nothingTried ? [] : ["", renderItemTable(briefing.kinds, colors), `  ${scan}`, `  ${calls}`];
  const actions = isQuiet(briefing) ? [] : todoLines(briefing, colors);
  return [...opening, ...counts, ...actions].join("\n");
}

function statusLine(report: RunReport, colors: Colors): string {
  const { status, duration_ms, account_id, run_id } = report;
  const facts = colors.dim(`account ${account_id}, run ${run_id}`);
  const word = painter(status, colors)(`${STATUS_MARK[status]} ${status}`);
  return `${word} in ${formatDuration(duration_ms)}  ${facts}`;
}

function painter(status: RunStatus, colors: Colors): (text: string) => string {
  return { succeeded: colors.green, partial: colors.yellow, failed: colors.red }[status];
}

function todoLines({ groups, unnamed, open, warnings }: Briefing, colors: Colors): string[] {
  return [
    ...groups.flatMap((group) => groupLines(group, colors)),
    ...(unnamed > 0 ? ["", `  ${countOf(unnamed, "more failed item")} not listed in the report.`] : []),
    ...(open ? ["", `  ${colors.yellow("!")} ${open}`] : []),
    ...warnings.flatMap(({ message, remediation }) => [
      "",
      `  ${colors.yellow("!")} ${message}.`,
      colors.dim(`      ${remediation}`),
    ]),
  ];
}

function groupLines(group: FailureGroup, colors: Colors): string[] {
  const { shown, hidden } = shownOf(group, SHOWN_ON_TERMINAL);
  return [
    "",
    `  ${colors.red(headingOf(group))}  ${colors.dim(group.remedy)}`,
    ...shown.map((failure) => `      ${itemWords(failure)}: ${failure.message}`),
    ...(hidden > 0 ? [colors.dim(`      … and ${formatCount(hidden)} more (see the report)`)] : []),
  ];
}
