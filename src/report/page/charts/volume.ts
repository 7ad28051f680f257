import type { MonthOfMessages } from "../../../domain/insights.ts";
import { formatCount, formatShare } from "../../numbers.ts";
import { countOf, formatMonth } from "../../phrases.ts";
import { barWidth, monthLabels, plot } from "../axes.ts";
import type { Figure } from "../figure.ts";
import { sumOf } from "../scale.ts";

const SENDERS = [
  { sender: "guest", label: "guests", color: "var(--accent)" },
  { sender: "host", label: "staff", color: "var(--soft)" },
  { sender: "automation", label: "automations", color: "var(--muted)" },
] as const;

export function volumeFigure(months: readonly MonthOfMessages[]): Figure {
  return {
    title: "Messages per month",
    caption: volumeSentence(months),
    alternative: `Bar chart of messages per month, by sender. ${volumeSentence(months)}`,
    legend: SENDERS.map(({ label, color }) => ({ label, color })),
    option(size) {
      return plot({
        labels: monthLabels(months.map(({ month }) => month)),
        formatValue: formatCount,
        series: SENDERS.map(({ sender, color }) => ({
          type: "bar" as const,
          stack: "messages",
          barWidth: barWidth(size, months.length),
          itemStyle: { color },
          data: months.map((month) => month[sender] || "-"),
        })),
      });
    },
    tooltip(series, index) {
      const [sender, month] = [SENDERS[series], months[index]];
      if (!sender || !month) return null;
      return `${formatMonth(month.month)}: ${formatCount(month[sender.sender])} from ${sender.label}`;
    },
  };
}

function volumeSentence(months: readonly MonthOfMessages[]): string {
  const [guest, host, automation] = SENDERS.map(({ sender }) => sumOf(months.map((month) => month[sender])));
  const all = sumOf([guest ?? 0, host ?? 0, automation ?? 0]);
  return `${countOf(all, "message")}: ${formatShare(guest ?? 0, all)} from guests, ${formatShare(automation ?? 0, all)} automated.`;
}
