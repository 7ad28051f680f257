import type { RunReport } from "../../domain/run-report.ts";
import { countUnnamed, groupFailures } from "../failure-groups.ts";
import { errorWords } from "../phrases.ts";
import { sumOf } from "./scale.ts";

/** One type of failure, over all runs. */
export interface FailureType {
  /** Null for failures that the reports count but do not list. */
  readonly type: string | null;
  readonly remedy: string;
  /** How many in each run. */
  readonly perRun: readonly number[];
  readonly total: number;
  readonly last: Date | null;
}

/** Most frequent first; remedies are those of the newest run. */
export function failureTypesOf(runs: readonly RunReport[]): FailureType[] {
  const groups = runs.map((run) => new Map(groupFailures(run).map((group) => [group.type, group])));
  const types = [...new Set(groups.flatMap((group) => [...group.keys()]))].map((type) => {
    const perRun = groups.map((group) => group.get(type)?.failures.length ?? 0);
    const newest = groups.findLast((group) => group.has(type));
    return toType(type, newest?.get(type)?.remedy ?? "", perRun, runs);
  });
  const unnamed = toType(
    null,
    "A report lists the first 1,000 failures of a run.",
    runs.map(countUnnamed),
    runs,
  );
  return [...types.sort((a, b) => b.total - a.total), ...(unnamed.total > 0 ? [unnamed] : [])];
}

function toType(
  type: string | null,
  remedy: string,
  perRun: readonly number[],
  runs: readonly RunReport[],
): FailureType {
  const last = perRun.findLastIndex((count) => count > 0);
  return { type, remedy, perRun, total: sumOf(perRun), last: runs[last]?.started_at ?? null };
}

const COLOR_COUNT = 7;

/** The colour of a type by its rank; grey beyond the seventh. */
export function colorOf({ type }: FailureType, place: number): string {
  return type === null || place >= COLOR_COUNT ? "var(--muted)" : `var(--series-${place + 1})`;
}

export function failureTypeName({ type }: FailureType): string {
  return type === null ? "not listed in the report" : errorWords(type);
}
