import type { RunReport } from "../../domain/run-report.ts";
import { type Briefing, isQuiet } from "../briefing.ts";
import { colorsFor } from "../colors.ts";
import { type FailureGroup, headingOf, shownOf } from "../failure-groups.ts";
import { renderItemTable } from "../item-table.ts";
import { formatCount } from "../numbers.ts";
import { countOf, itemWords, STATUS_MARK } from "../phrases.ts";

const NO_COLORS = colorsFor(false);

/** The mail as plain text. */
export function renderText(report: RunReport, briefing: Briefing): string {
  const { verdict, when, notes, scan, calls } = briefing;
  return [
    `${STATUS_MARK[report.status]} ${report.status}: account ${report.account_id}`,
    "",
    verdict,
    ...notes,
    `${when}.`,
    "",
    ...(isQuiet(briefing) ? ["No action needed."] : ["TO DO", ...actionLines(briefing)]),
    "",
    "SUMMARY",
    "",
    renderItemTable(briefing.kinds, NO_COLORS),
    "",
    scan,
    calls,
    "",
    `Run ${report.run_id}`,
    "",
  ].join("\n");
}

function actionLines({ groups, unnamed, open, warnings }: Briefing): string[] {
  return [
    ...groups.flatMap(failureLines),
    ...(unnamed > 0 ? ["", `${countOf(unnamed, "more failed item")} not listed in the report.`] : []),
    ...(open ? ["", open] : []),
    ...warnings.flatMap(({ message, remediation }) => ["", `! ${message}.`, `  ${remediation}`]),
  ];
}

function failureLines(group: FailureGroup): string[] {
  const { shown, hidden } = shownOf(group);
  return [
    "",
    headingOf(group),
    `  ${group.remedy}`,
    ...shown.map((failure) => `  - ${itemWords(failure)}: ${failure.message}`),
    ...(hidden > 0 ? [`  … and ${formatCount(hidden)} more`] : []),
  ];
}
