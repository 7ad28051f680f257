import type { HourOfWeek } from "../../../domain/insights.ts";
import { formatShare } from "../../numbers.ts";
import { countOf } from "../../phrases.ts";
import { heatMap } from "../axes.ts";
import type { Size } from "../draw-svg.ts";
import type { Figure } from "../figure.ts";
import { sumOf } from "../scale.ts";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const NIGHT = { from: 22, to: 7 };
/** Opacity of a square with a single message. */
const FAINTEST = 0.12;
const SQUARE_GAP = 2;
/** Room for the names of days and hours, and the gap above. */
const FRAME = { width: 34, height: 28 };

/** When guests write, by weekday and hour at the property. */
export function weekFigure(hours: readonly HourOfWeek[], messages: number): Figure {
  const most = hours.reduce<HourOfWeek | null>((a, b) => (a && a.messages >= b.messages ? a : b), null);
  const placed = sumOf(hours.map((hour) => hour.messages));
  const sentence = most ? weekSentence(hours, most, placed) : "No guest messages yet.";
  const misplaced = messages - placed;
  return {
    title: "When guests write",
    caption: `${sentence}${misplaced > 0 ? ` ${countOf(misplaced, "message")} not shown: the property has no time zone.` : ""}`,
    alternative: `Heat map of guest messages by weekday and hour. ${sentence}`,
    legend: [
      { color: "color-mix(in srgb,var(--accent) 20%,transparent)", label: "few" },
      {
        color: "var(--accent)",
        label: most ? `${countOf(most.messages, "message")} in one hour of the week` : "many",
      },
    ],
    option: (size) =>
      heatMap(HOURS.map(twoDigits), DAYS, [
        {
          type: "scatter",
          symbol: "rect",
          symbolSize: squareOf(size),
          data: hours.map((hour) => ({
            value: [hour.hour, hour.weekday - 1],
            itemStyle: { color: "var(--accent)", opacity: shadeOf(hour.messages, most?.messages ?? 1) },
          })),
        },
      ]),
    tooltip: (_, index) => (hours[index] ? hourTooltip(hours[index]) : null),
  };
}

function weekSentence(hours: readonly HourOfWeek[], most: HourOfWeek, all: number): string {
  const atNight = hours.filter(({ hour }) => hour >= NIGHT.from || hour < NIGHT.to);
  const share = formatShare(sumOf(atNight.map(({ messages }) => messages)), all);
  return `Busiest: ${LONG_DAYS[most.weekday - 1] ?? ""}s, ${spanOf(most.hour, most.hour + 1)} local time. At night (${spanOf(NIGHT.from, NIGHT.to)}): ${share}.`;
}

function hourTooltip({ weekday, hour, messages }: HourOfWeek): string {
  return `${LONG_DAYS[weekday - 1] ?? ""}, ${spanOf(hour, hour + 1)}: ${countOf(messages, "message")}`;
}

function squareOf({ width, height }: Size): [width: number, height: number] {
  return [
    (width - FRAME.width) / HOURS.length - SQUARE_GAP,
    (height - FRAME.height) / DAYS.length - SQUARE_GAP,
  ];
}

function shadeOf(messages: number, most: number): number {
  return FAINTEST + (1 - FAINTEST) * (messages / most);
}

/** "19:00–20:00" */
function spanOf(from: number, to: number): string {
  return `${twoDigits(from)}:00–${twoDigits(to % 24)}:00`;
}

function twoDigits(hour: number): string {
  return String(hour).padStart(2, "0");
}
