import type { RunReport } from "../../../domain/run-report.ts";
import { formatCount } from "../../numbers.ts";
import { countOf, formatDate, formatDay } from "../../phrases.ts";
import { barWidth, plot } from "../axes.ts";
import { below, cutMarks, cutNote } from "../cut-bars.ts";
import type { Figure } from "../figure.ts";
import { type DayCounts, messagesPerDay } from "../messages-per-day.ts";
import { ceilingOf, sumOf } from "../scale.ts";

const NEW = "var(--accent)";
const CHANGED = "var(--soft)";

export function messagesFigure(runs: readonly RunReport[]): Figure {
  const days = messagesPerDay(runs);
  const totals = days.map(({ inserted, updated }) => inserted + updated);
  const ceiling = ceilingOf(totals);
  const cut = cutNote(totals, ceiling, (index) => (days[index] ? formatDay(days[index].day) : ""));
  const shown = days.map(({ inserted, updated }) => below(ceiling, inserted, updated));
  const bars = (color: string, row: 0 | 1) => ({
    type: "bar" as const,
    stack: "messages",
    itemStyle: { color },
    data: shown.map((values) => values[row] ?? 0),
  });
  return {
    title: "Messages per day",
    caption: `${messagesSentence(days)}${cut}`,
    alternative: `Bar chart of new and changed messages per day. ${messagesSentence(days)}${peakNote(days)}`,
    legend: [
      { color: NEW, label: "new" },
      { color: CHANGED, label: "changed" },
    ],
    option(size) {
      const width = barWidth(size, days.length);
      return plot({
        labels: days.map(({ day }) => formatDay(day)),
        max: ceiling,
        formatValue: formatCount,
        series: [
          { ...bars(NEW, 0), barWidth: width },
          { ...bars(CHANGED, 1), barWidth: width },
          ...cutMarks(totals, ceiling, width, formatCount),
        ],
      });
    },
    tooltip: (_, index) => (days[index] ? dayTooltip(days[index]) : null),
  };
}

function messagesSentence(days: readonly DayCounts[]): string {
  const inserted = sumOf(days.map((day) => day.inserted));
  const updated = sumOf(days.map((day) => day.updated));
  return `${formatCount(inserted)} new and ${countOf(updated, "changed message")} in ${countOf(days.length, "day")}.`;
}

function dayTooltip({ day, inserted, updated }: DayCounts): string {
  return `${formatDate(day)}: ${formatCount(inserted)} new, ${formatCount(updated)} changed`;
}

function peakNote(days: readonly DayCounts[]): string {
  const most = days.reduce<DayCounts | null>((a, b) => (a && a.inserted >= b.inserted ? a : b), null);
  return most ? ` Peak: ${countOf(most.inserted, "new message")} on ${formatDate(most.day)}.` : "";
}
