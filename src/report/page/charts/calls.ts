import type { RunReport } from "../../../domain/run-report.ts";
import { formatCount } from "../../numbers.ts";
import { countOf, formatMoment } from "../../phrases.ts";
import { barWidth, labelsOf, plot } from "../axes.ts";
import type { Figure } from "../figure.ts";
import { medianOf, sumOf } from "../scale.ts";

const CALLS = "var(--accent)";
const FULL = "var(--ink)";
/** From this ratio on the smaller bars would be hairlines. */
const TOO_FAR_APART = 25;

export function callsFigure(runs: readonly RunReport[]): Figure {
  const logarithmic = isFarApart(runs);
  const note = logarithmic ? " Logarithmic scale: each line is ten times the one below." : "";
  return {
    title: "API calls per run",
    caption: `${callsSentence(runs)}${note}`,
    alternative: `Bar chart of API calls per run, each next to the calls of a full sync. ${callsSentence(runs)}`,
    legend: [
      { color: CALLS, label: "calls made" },
      { color: FULL, label: "calls a full sync would take", shape: "line" },
    ],
    option(size) {
      const width = barWidth(size, runs.length);
      return plot({
        labels: labelsOf(runs),
        logarithmic,
        formatValue: formatCount,
        series: [
          {
            type: "bar",
            barWidth: width,
            itemStyle: { color: CALLS },
            data: runs.map(({ api }) => (logarithmic ? Math.max(1, api.calls) : api.calls)),
          },
          {
            type: "scatter",
            symbol: "rect",
            symbolSize: [width, 2],
            itemStyle: { color: FULL, opacity: 1 },
            data: runs.map(({ api }) => api.full_sync_calls),
          },
        ],
      });
    },
    tooltip: (_, index) => (runs[index] ? callsTooltip(runs[index]) : null),
  };
}

function comparable(runs: readonly RunReport[]): { calls: number; full: number }[] {
  return runs.flatMap(({ api: { calls, full_sync_calls: full } }) =>
    full === null ? [] : [{ calls, full }],
  );
}

function isFarApart(runs: readonly RunReport[]): boolean {
  const both = comparable(runs);
  const calls = Math.max(1, medianOf(both.map((run) => run.calls)));
  return medianOf(both.map((run) => run.full)) / calls > TOO_FAR_APART;
}

function callsSentence(runs: readonly RunReport[]): string {
  const all = `${countOf(sumOf(runs.map(({ api }) => api.calls)), "API call")} in total.`;
  const both = comparable(runs);
  const calls = sumOf(both.map((run) => run.calls));
  const full = sumOf(both.map((run) => run.full));
  if (full <= calls) return all;
  const saved = Math.floor((1 - calls / full) * 100);
  return `${all} Full syncs would have taken ${formatCount(full)}: ${saved} % saved.`;
}

function callsTooltip({ started_at, api: { calls, full_sync_calls: full } }: RunReport): string {
  const fullSync = full === null ? "" : `; a full sync would take ${formatCount(full)}`;
  return `${formatMoment(started_at)}: ${countOf(calls, "call")}${fullSync}`;
}
