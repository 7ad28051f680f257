import type { Contact } from "../../../domain/insights.ts";
import { formatCount, formatMinutes } from "../../numbers.ts";
import { countOf, formatMonth, formatShortMonth } from "../../phrases.ts";
import { barWidth, monthLabels, plot } from "../axes.ts";
import { below, cutMarks, cutNames } from "../cut-bars.ts";
import type { Figure } from "../figure.ts";
import { type Answering, answeringOf } from "../reply-times.ts";
import { ceilingOf } from "../scale.ts";

interface Month extends Answering {
  readonly month: Date;
}

/** So few can be seen beside each other, however they differ. */
const FEW = 6;

/** Whether answers come faster or slower than they did. */
export function answerMonthsFigure(contacts: readonly Contact[], months: readonly Date[]): Figure {
  const rows = months.map((month): Month => ({ month, ...answeringOf(ofMonth(contacts, month)) }));
  const highest = Math.max(0, ...rows.map(({ medianMinutes }) => medianMinutes ?? 0));
  const unit = highest >= 300 ? { minutes: 60, word: "h" } : { minutes: 1, word: "min" };
  const values = rows.map(({ medianMinutes }) => (medianMinutes ?? 0) / unit.minutes);
  const ceiling = rows.length < FEW ? null : ceilingOf(values);
  const cut = cutNames(values, ceiling, (index) => (rows[index] ? formatShortMonth(rows[index].month) : ""));
  const sentence = `Half of the guests who were answered waited ${formatMinutes(answeringOf(contacts).medianMinutes ?? 0)} or less.`;
  return {
    title: "The first answer, month by month",
    caption: cut ? `${sentence} Cut off: ${cut}.` : sentence,
    alternative: `Bar chart of the median wait for the first answer, by the month in which the guest wrote. ${sentence}`,
    legend: [{ color: "var(--accent)", label: "median of those who were answered by a person" }],
    option(size) {
      const width = barWidth(size, rows.length);
      return plot({
        labels: monthLabels(months),
        max: ceiling,
        formatValue: (value) => `${formatCount(value)} ${unit.word}`,
        series: [
          {
            type: "bar",
            barWidth: width,
            itemStyle: { color: "var(--accent)" },
            data: values.map((value) => below(ceiling, value)[0] ?? 0),
          },
          ...cutMarks(values, ceiling, width, (value) => formatMinutes(value * unit.minutes)),
        ],
      });
    },
    tooltip: (_, index) => (rows[index] ? tooltipOf(rows[index]) : null),
  };
}

function ofMonth(contacts: readonly Contact[], month: Date): Contact[] {
  const next = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1));
  return contacts.filter(
    ({ first_guest_message_at }) => first_guest_message_at >= month && first_guest_message_at < next,
  );
}

function tooltipOf({ month, guests, answered, medianMinutes }: Month): string {
  const half = medianMinutes === null ? "" : `, half within ${formatMinutes(medianMinutes)}`;
  return `${formatMonth(month)}: ${countOf(guests, "guest")} wrote, ${formatCount(answered)} answered${half}`;
}
