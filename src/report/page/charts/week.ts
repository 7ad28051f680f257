import type { HourOfWeek } from "../../../domain/insights.ts";
import { formatShare } from "../../numbers.ts";
import { countOf } from "../../phrases.ts";
import { squares } from "../axes.ts";
import type { Size } from "../draw-svg.ts";
import type { Figure } from "../figure.ts";
import { sumOf } from "../scale.ts";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const NIGHT = { from: 22, to: 7 };
/** So that a single message can be seen. */
const FAINTEST = 0.12;
const GAP = 2;
/** What the days' names and the hours take, and the gap above. */
const FRAME = { width: 34, height: 28 };

/** When guests write, by weekday and hour at the property. */
export function weekFigure(hours: readonly HourOfWeek[], messages: number): Figure {
  const most = hours.reduce<HourOfWeek | null>((a, b) => (a && a.messages >= b.messages ? a : b), null);
  const placed = sumOf(hours.map((hour) => hour.messages));
  const sentence = most ? sentenceOf(hours, most, placed) : "No message of a guest yet.";
  const misplaced = messages - placed;
  return {
    title: "When guests write",
    caption: `${sentence}${misplaced > 0 ? ` ${countOf(misplaced, "message")} at properties without a time zone left out.` : ""}`,
    alternative: `Heat map of guests' messages by weekday and hour. ${sentence}`,
    legend: [
      { color: "color-mix(in srgb,var(--accent) 20%,transparent)", label: "few" },
      {
        color: "var(--accent)",
        label: most ? `${countOf(most.messages, "message")} in an hour of the week` : "many",
      },
    ],
    option: (size) =>
      squares(HOURS.map(twoDigits), DAYS, [
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
    tooltip: (_, index) => (hours[index] ? tooltipOf(hours[index]) : null),
  };
}

function sentenceOf(hours: readonly HourOfWeek[], most: HourOfWeek, all: number): string {
  const atNight = hours.filter(({ hour }) => hour >= NIGHT.from || hour < NIGHT.to);
  const share = formatShare(sumOf(atNight.map(({ messages }) => messages)), all);
  return `Most on ${LONG_DAYS[most.weekday - 1] ?? ""}s from ${spanOf(most.hour)}, by the clock at the property; ${share} at night, from ${twoDigits(NIGHT.from)} to ${twoDigits(NIGHT.to)}.`;
}

function tooltipOf({ weekday, hour, messages }: HourOfWeek): string {
  return `${LONG_DAYS[weekday - 1] ?? ""}, ${spanOf(hour)}: ${countOf(messages, "message")}`;
}

function squareOf({ width, height }: Size): [width: number, height: number] {
  return [(width - FRAME.width) / HOURS.length - GAP, (height - FRAME.height) / DAYS.length - GAP];
}

function shadeOf(messages: number, most: number): number {
  return FAINTEST + (1 - FAINTEST) * (messages / most);
}

/** "19 to 20" */
function spanOf(hour: number): string {
  return `${twoDigits(hour)} to ${twoDigits((hour + 1) % 24)}`;
}

function twoDigits(hour: number): string {
  return String(hour).padStart(2, "0");
}
