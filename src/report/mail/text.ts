import type { RunReport } from "../../domain/run-report.ts";
import { type Briefing, isQuiet, type KindCounts } from "../briefing.ts";
import { type FailureGroup, headingOf, shownOf } from "../failure-groups.ts";
import { formatCount } from "../numbers.ts";
import { countOf, itemWords, STATUS_MARK } from "../phrases.ts";
import { renderTable } from "../table.ts";

/** For whoever reads mail as plain text. */
export function renderText(report: RunReport, briefing: Briefing): string {
  const { verdict, when, notes, scan, calls } = briefing;
  return [
    `${STATUS_MARK[report.status]} ${report.status}: account ${report.account_id}`,
    "",
    verdict,
    ...notes,
    `${when}.`,
    "",
    ...(isQuiet(briefing) ? ["Nothing to do."] : ["TO DO", ...todoLines(briefing)]),
    "",
    "WHAT CAME",
    "",
    itemTable(briefing.kinds),
    "",
    scan,
    calls,
    "",
    `Run ${report.run_id}`,
    "",
  ].join("\n");
}

function todoLines({ groups, unnamed, open, warnings }: Briefing): string[] {
  return [
    ...groups.flatMap(groupLines),
    ...(unnamed > 0 ? ["", `${countOf(unnamed, "more failed item")}, not named in the report.`] : []),
    ...(open ? ["", open] : []),
    ...warnings.flatMap(({ message, remediation }) => ["", `! ${message}.`, `  ${remediation}`]),
  ];
}

function groupLines(group: FailureGroup): string[] {
  const { shown, hidden } = shownOf(group);
  return [
    "",
    headingOf(group),
    `  ${group.remedy}`,
    ...shown.map((failure) => `  - ${itemWords(failure)}: ${failure.message}`),
    ...(hidden > 0 ? [`  … and ${formatCount(hidden)} more`] : []),
  ];
}

function itemTable(kinds: readonly KindCounts[]): string {
  const rows = kinds.map(({ kind, read, inserted, updated, unchanged, failed }) => [
    kind,
    ...[read, inserted, updated, unchanged, failed].map(formatCount),
  ]);
  return renderTable(["", "read", "new", "changed", "unchanged", "failed"], rows);
}
