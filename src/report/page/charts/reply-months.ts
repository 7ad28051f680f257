import type { Contact } from "../../../domain/insights.ts";
import { formatCount, formatMinutes } from "../../numbers.ts";
import { countOf, formatMonth, formatShortMonth } from "../../phrases.ts";
import { barWidth, monthLabels, plot } from "../axes.ts";
import { below, cutMarks, cutNote } from "../cut-bars.ts";
import type { Figure } from "../figure.ts";
import { type ReplyTimes, replyTimesOf } from "../reply-times.ts";
import { ceilingOf } from "../scale.ts";

interface Month extends ReplyTimes {
  readonly month: Date;
}

/** With fewer bars, all are readable however much they differ. */
const MIN_BARS_TO_CUT = 6;

/** The median time to a first reply, month by month. */
export function replyMonthsFigure(contacts: readonly Contact[], months: readonly Date[]): Figure {
  const rows = months.map((month): Month => ({ month, ...replyTimesOf(ofMonth(contacts, month)) }));
  const highest = Math.max(0, ...rows.map(({ medianMinutes }) => medianMinutes ?? 0));
  const unit = highest >= 300 ? { minutes: 60, word: "h" } : { minutes: 1, word: "min" };
  const values = rows.map(({ medianMinutes }) => (medianMinutes ?? 0) / unit.minutes);
  const ceiling = rows.length < MIN_BARS_TO_CUT ? null : ceilingOf(values);
  const cut = cutNote(values, ceiling, (index) => (rows[index] ? formatShortMonth(rows[index].month) : ""));
  const sentence = `Median wait of answered guests: ${formatMinutes(replyTimesOf(contacts).medianMinutes ?? 0)}.`;
  return {
    title: "Time to first reply, by month",
    caption: `${sentence}${cut}`,
    alternative: `Bar chart of the median wait for the first reply, by the month of the guest's first message. ${sentence}`,
    legend: [{ color: "var(--accent)", label: "median of guests answered by a person" }],
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
    tooltip: (_, index) => (rows[index] ? monthTooltip(rows[index]) : null),
  };
}

function ofMonth(contacts: readonly Contact[], month: Date): Contact[] {
  const next = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1));
  return contacts.filter(
    ({ first_guest_message_at }) => first_guest_message_at >= month && first_guest_message_at < next,
  );
}

function monthTooltip({ month, guests, answered, medianMinutes }: Month): string {
  const median = medianMinutes === null ? "" : `, median ${formatMinutes(medianMinutes)}`;
  return `${formatMonth(month)}: ${countOf(guests, "guest")} wrote, ${formatCount(answered)} answered${median}`;
}
