import type { RunReport } from "../../../domain/run-report.ts";
import { formatCount } from "../../numbers.ts";
import { countOf, formatMoment } from "../../phrases.ts";
import { barWidth, labelsOf, plot } from "../axes.ts";
import { below, cutMarks } from "../cut-bars.ts";
import { colorOf, type FailureType, failureTypeName } from "../failure-types.ts";
import type { Figure } from "../figure.ts";
import { ceilingOf, sumOf } from "../scale.ts";

/** Null when nothing failed. */
export function failuresFigure(runs: readonly RunReport[], types: readonly FailureType[]): Figure | null {
  if (types.length === 0) return null;
  const totals = runs.map((_, run) => sumOf(types.map(({ perRun }) => perRun[run] ?? 0)));
  const ceiling = ceilingOf(totals.filter((total) => total > 0));
  const shown = runs.map((_, run) => below(ceiling, ...types.map(({ perRun }) => perRun[run] ?? 0)));
  return {
    title: "Failures by type",
    caption: failuresSentence(totals),
    alternative: `Stacked bar chart of failures per run by type. ${failuresSentence(totals)} ${types.map((type) => `${failureTypeName(type)}: ${formatCount(type.total)}`).join(", ")}.`,
    legend: types.map((type, place) => ({ color: colorOf(type, place), label: failureTypeName(type) })),
    option(size) {
      const width = barWidth(size, runs.length);
      return plot({
        labels: labelsOf(runs),
        max: Math.max(...totals) < 4 ? 4 : ceiling,
        formatValue: formatCount,
        series: [
          ...types.map((type, place) => ({
            type: "bar" as const,
            stack: "failures",
            barWidth: width,
            itemStyle: { color: colorOf(type, place) },
            data: shown.map((stack) => stack[place] || "-"),
          })),
          ...cutMarks(totals, ceiling, width, formatCount),
        ],
      });
    },
    tooltip: (place, run) =>
      types[place] && runs[run] ? failureTooltip(types[place], runs[run], run) : null,
  };
}

function failuresSentence(totals: readonly number[]): string {
  const runs = totals.filter((total) => total > 0).length;
  return `${countOf(sumOf(totals), "failure")} in ${formatCount(runs)} of ${countOf(totals.length, "run")}.`;
}

function failureTooltip(type: FailureType, { started_at }: RunReport, run: number): string {
  return `${formatMoment(started_at)}: ${formatCount(type.perRun[run] ?? 0)} × ${failureTypeName(type)}`;
}
