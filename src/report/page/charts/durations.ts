import type { RunReport } from "../../../domain/run-report.ts";
import { formatCount, formatDuration } from "../../numbers.ts";
import { formatDay, formatMoment } from "../../phrases.ts";
import { barWidth, INK, labelsOf, plot } from "../axes.ts";
import { below, cutMarks, cutNote } from "../cut-bars.ts";
import type { Figure } from "../figure.ts";
import { ceilingOf, medianOf } from "../scale.ts";

const UNITS = [
  { ms: 3_600_000, word: "h" },
  { ms: 60_000, word: "min" },
  { ms: 1_000, word: "s" },
] as const;
const SHORTEST = { ms: 1, word: "ms" } as const;
const STATUS_LABEL = { succeeded: "", partial: "!", failed: "×" } as const;

export function durationsFigure(runs: readonly RunReport[]): Figure {
  const all = runs.map(({ duration_ms }) => duration_ms);
  const highest = ceilingOf(all) ?? Math.max(...all);
  const unit = UNITS.find(({ ms }) => highest >= 2 * ms) ?? SHORTEST;
  const values = all.map((ms) => ms / unit.ms);
  const ceiling = ceilingOf(values);
  const cut = cutNote(values, ceiling, (index) => (runs[index] ? formatDay(runs[index].started_at) : ""));
  return {
    title: "Duration and status",
    caption: `${durationSentence(runs)}${cut}`,
    alternative: `Bar chart of the duration of each run, coloured and marked by status. ${durationSentence(runs)}`,
    legend: statusesOf(runs).map((status) => ({
      color: `var(--${status})`,
      label: `${STATUS_LABEL[status]} ${status}`.trim(),
    })),
    option(size) {
      const width = barWidth(size, runs.length);
      return plot({
        labels: labelsOf(runs),
        max: ceiling,
        formatValue: (value) => `${formatCount(value)} ${unit.word}`,
        series: [
          {
            type: "bar",
            barWidth: width,
            data: runs.map(({ status }, index) => ({
              value: below(ceiling, values[index] ?? 0)[0] ?? 0,
              itemStyle: { color: `var(--${status})` },
              label: {
                show: STATUS_LABEL[status] !== "",
                formatter: STATUS_LABEL[status],
                position: "top" as const,
                color: INK,
                fontFamily: "inherit",
                fontSize: 13,
                fontWeight: 700,
              },
            })),
          },
          ...cutMarks(values, ceiling, width, (value) => formatDuration(value * unit.ms)),
        ],
      });
    },
    tooltip: (_, index) => (runs[index] ? durationTooltip(runs[index]) : null),
  };
}

function statusesOf(runs: readonly RunReport[]) {
  return (["succeeded", "partial", "failed"] as const).filter((status) =>
    runs.some((run) => run.status === status),
  );
}

function durationSentence(runs: readonly RunReport[]): string {
  const longest = runs.reduce<RunReport | null>(
    (a, b) => (a && a.duration_ms >= b.duration_ms ? a : b),
    null,
  );
  const median = formatDuration(medianOf(runs.map(({ duration_ms }) => duration_ms)));
  if (!longest || runs.length < 2) return `The run took ${median}.`;
  return `Median ${median}, longest ${formatDuration(longest.duration_ms)} (${formatDay(longest.started_at)}).`;
}

function durationTooltip({ started_at, status, duration_ms }: RunReport): string {
  return `${formatMoment(started_at)}: ${status} in ${formatDuration(duration_ms)}`;
}
