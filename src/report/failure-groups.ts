import type { ReportedFailure, RunReport } from "../domain/run-report.ts";
import { formatCount } from "./numbers.ts";
import { errorWords } from "./phrases.ts";

/** Failures of one type that share a remedy. */
export interface FailureGroup {
  readonly type: string;
  readonly remedy: string;
  readonly failures: readonly ReportedFailure[];
}

/** Groups by type and remedy: the failure that ended the run first, then the most frequent. */
export function groupFailures({ failures }: Pick<RunReport, "failures">): FailureGroup[] {
  const groups = new Map<string, ReportedFailure[]>();
  for (const failure of failures) {
    const { error_type, remediation } = failure;
    const key = JSON.stringify([error_type, remediation]);
    const same = groups.get(key);
    if (same) same.push(failure);
    else groups.set(key, [failure]);
  }
  return [...groups.values()]
    .flatMap((same) =>
      same.slice(0, 1).map(({ error_type, remediation }) => ({ same, error_type, remediation })),
    )
    .map(({ same, error_type, remediation }) => ({ type: error_type, remedy: remediation, failures: same }))
    .sort((a, b) => urgency(b) - urgency(a));
}

function urgency({ failures }: FailureGroup): number {
  return endsRun(failures) ? Number.POSITIVE_INFINITY : failures.length;
}

function endsRun(failures: readonly ReportedFailure[]): boolean {
  return failures.some(({ item_type }) => item_type === "run");
}

/** Failed items that the report counts but does not list: it holds the first thousand. */
export function countUnnamed({ failures, summary }: Pick<RunReport, "failures" | "summary">): number {
  const named = failures.filter(({ item_type }) => item_type !== "run").length;
  return Math.max(0, summary.failed - named);
}

/** Enough to recognize the problem; the report in the database lists more. */
const SHOWN_PER_GROUP = 20;

export function shownOf(
  { failures }: FailureGroup,
  most = SHOWN_PER_GROUP,
): { shown: readonly ReportedFailure[]; hidden: number } {
  return { shown: failures.slice(0, most), hidden: Math.max(0, failures.length - most) };
}

/** "Timeout", "Validation error, 12 times" */
export function headingOf({ type, failures }: FailureGroup): string {
  const words = errorWords(type);
  const times = failures.length > 1 ? `, ${formatCount(failures.length)} times` : "";
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${times}`;
}
