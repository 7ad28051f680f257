import type { Contact } from "../../../domain/insights.ts";
import { formatShare } from "../../numbers.ts";
import { countOf } from "../../phrases.ts";
import { barWidth, numberAt, plot } from "../axes.ts";
import type { Figure } from "../figure.ts";
import { answeringOf } from "../reply-times.ts";

interface Class {
  readonly label: string;
  readonly words: string;
  readonly upTo: number;
}

const HOUR = 60;
const DAY = 24 * HOUR;
const CLASSES: readonly Class[] = [
  { label: "5 min", words: "within 5 minutes", upTo: 5 },
  { label: "15 min", words: "after 5 to 15 minutes", upTo: 15 },
  { label: "1 h", words: "after 15 minutes to an hour", upTo: HOUR },
  { label: "4 h", words: "after 1 to 4 hours", upTo: 4 * HOUR },
  { label: "1 day", words: "after 4 hours to a day", upTo: DAY },
  { label: "later", words: "later", upTo: Number.POSITIVE_INFINITY },
];
const NEVER = { label: "none", words: "not at all" };
const BARS = [...CLASSES, NEVER];

const SOON = "var(--accent)";
const LATE = "var(--soft)";

/** How long guests who wrote for the first time waited for a person. */
export function firstAnswersFigure(contacts: readonly Contact[]): Figure {
  const counts = BARS.map((_, index) => contacts.filter((contact) => classOf(contact) === index).length);
  const { withinAnHour, guests } = answeringOf(contacts);
  const sentence = `Of ${countOf(guests, "guest")} who wrote, ${formatShare(withinAnHour, guests)} had an answer by a person within an hour.`;
  return {
    title: "The first answer",
    caption: sentence,
    alternative: `Bar chart of how long guests waited for the first answer. ${sentence}`,
    legend: [
      { color: SOON, label: "within an hour" },
      { color: LATE, label: "later, or none" },
    ],
    option(size) {
      return plot({
        labels: BARS.map(({ label }) => label),
        formatValue: (percent) => `${percent} %`,
        series: [
          {
            type: "bar",
            barWidth: barWidth(size, BARS.length),
            label: numberAt("top", (percent) => formatShare(percent, 100)),
            data: counts.map((count, index) => ({
              value: (count / Math.max(1, guests)) * 100,
              itemStyle: { color: (CLASSES[index]?.upTo ?? DAY) <= HOUR ? SOON : LATE },
            })),
          },
        ],
      });
    },
    tooltip: (_, index) => `${countOf(counts[index] ?? 0, "guest")} answered ${BARS[index]?.words ?? ""}`,
  };
}

function classOf({ first_host_response_minutes: minutes }: Contact): number {
  return minutes === null ? CLASSES.length : CLASSES.findIndex(({ upTo }) => minutes <= upTo);
}
