import type { RunReport } from "../../../domain/run-report.ts";
import { formatCount } from "../../numbers.ts";
import { countOf, formatDate, formatDay } from "../../phrases.ts";
import { barWidth, plot } from "../axes.ts";
import { below, cutMarks, cutNames } from "../cut-bars.ts";
import type { Figure } from "../figure.ts";
import { type DayCounts, messagesPerDay } from "../messages-per-day.ts";
import { ceilingOf, sumOf } from "../scale.ts";

const NEW = "var(--accent)";
const CHANGED = "var(--soft)";

export function messagesFigure(runs: readonly RunReport[]): Figure {
  const days = messagesPerDay(runs);
  const totals = days.map(({ inserted, updated }) => inserted + updated);
  const ceiling = ceilingOf(totals);
  const cut = cutNames(totals, ceiling, (index) => (days[index] ? formatDay(days[index].day) : ""));
  const cutNote = cut ? ` Cut off: ${cut}, so that the other days can be seen.` : "";
  const shown = days.map(({ inserted, updated }) => below(ceiling, inserted, updated));
  const bars = (color: string, row: 0 | 1) => ({
    type: "bar" as const,
    stack: "messages",
    itemStyle: { color },
    data: shown.map((values) => values[row] ?? 0),
  });
  return {
    title: "Messages per day",
    caption: `${sentence(days)}${cutNote}`,
    alternative: `Bar chart of new and changed messages per day. ${sentence(days)}${mostNote(days)}`,
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
    tooltip: (_, index) => (days[index] ? tooltipOf(days[index]) : null),
  };
}

function sentence(days: readonly DayCounts[]): string {
  const inserted = sumOf(days.map((day) => day.inserted));
  const updated = sumOf(days.map((day) => day.updated));
  return `${countOf(inserted, "new message")} and ${formatCount(updated)} changed in ${countOf(days.length, "day")}.`;
}

function tooltipOf({ day, inserted, updated }: DayCounts): string {
  return `${formatDate(day)}: ${formatCount(inserted)} new, ${formatCount(updated)} changed`;
}

function mostNote(days: readonly DayCounts[]): string {
  const most = days.reduce<DayCounts | null>((a, b) => (a && a.inserted >= b.inserted ? a : b), null);
  return most ? ` Most on ${formatDate(most.day)}: ${countOf(most.inserted, "new message")}.` : "";
}
