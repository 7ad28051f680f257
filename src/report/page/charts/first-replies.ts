import type { Contact } from "../../../domain/insights.ts";
import { formatShare } from "../../numbers.ts";
import { countOf } from "../../phrases.ts";
import { barWidth, numberAt, plot } from "../axes.ts";
import type { Figure } from "../figure.ts";
import { replyTimesOf } from "../reply-times.ts";

interface WaitClass {
  readonly label: string;
  readonly words: string;
  readonly upTo: number;
}

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
const CLASSES: readonly WaitClass[] = [
  { label: "5 min", words: "answered within 5 minutes", upTo: 5 },
  { label: "15 min", words: "answered after 5 to 15 minutes", upTo: 15 },
  { label: "1 h", words: "answered after 15 to 60 minutes", upTo: HOUR_MINUTES },
  { label: "4 h", words: "answered after 1 to 4 hours", upTo: 4 * HOUR_MINUTES },
  { label: "1 day", words: "answered after 4 to 24 hours", upTo: DAY_MINUTES },
  { label: "later", words: "answered later", upTo: Number.POSITIVE_INFINITY },
];
const NEVER = { label: "never", words: "never answered" };
const BARS = [...CLASSES, NEVER];

const SOON = "var(--accent)";
const LATE = "var(--soft)";

/** The time from a guest's first message to the first reply by a person. */
export function firstRepliesFigure(contacts: readonly Contact[]): Figure {
  const counts = BARS.map((_, index) => contacts.filter((contact) => classOf(contact) === index).length);
  const { withinAnHour, guests } = replyTimesOf(contacts);
  const sentence = `Of ${countOf(guests, "guest")} who wrote, ${formatShare(withinAnHour, guests)} got a reply from a person within an hour.`;
  return {
    title: "First reply",
    caption: sentence,
    alternative: `Bar chart of the time that guests waited for a first reply. ${sentence}`,
    legend: [
      { color: SOON, label: "within an hour" },
      { color: LATE, label: "later or never" },
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
              itemStyle: { color: (CLASSES[index]?.upTo ?? DAY_MINUTES) <= HOUR_MINUTES ? SOON : LATE },
            })),
          },
        ],
      });
    },
    tooltip: (_, index) => `${countOf(counts[index] ?? 0, "guest")} ${BARS[index]?.words ?? ""}`,
  };
}

function classOf({ first_host_response_minutes: minutes }: Contact): number {
  return minutes === null ? CLASSES.length : CLASSES.findIndex(({ upTo }) => minutes <= upTo);
}
