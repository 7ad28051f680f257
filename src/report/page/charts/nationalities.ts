import type { Insights } from "../../../domain/insights.ts";
import { formatCount, formatShare } from "../../numbers.ts";
import { countOf, listOf } from "../../phrases.ts";
import { horizontalPlot, numberAt } from "../axes.ts";
import { countryName } from "../display-names.ts";
import type { Figure } from "../figure.ts";
import { sumOf } from "../scale.ts";

const DRAWN_COUNTRIES = 10;

/** Guests' messages by nationality. */
export function nationalitiesFigure(nationalities: Insights["nationalities"]): Figure {
  const known = nationalities.flatMap(({ nationality, messages }) =>
    nationality === null ? [] : [{ country: countryName(nationality), messages }],
  );
  const shown = known.slice(0, DRAWN_COUNTRIES);
  const all = sumOf(nationalities.map(({ messages }) => messages));
  const ofKnown = sumOf(known.map(({ messages }) => messages));
  const most = shown
    .slice(0, 3)
    .map(({ country, messages }) => `${country} ${formatShare(messages, ofKnown)}`);
  const unknown = ofKnown < all ? ` Unknown for ${formatShare(all - ofKnown, all)}.` : "";
  const sentence = `${known.length > 0 ? `${listOf(most)}.` : "No nationality is known."}${unknown}`;
  const hidden = known.length - shown.length;
  return {
    title: "Guest messages by nationality",
    caption: `${sentence}${hidden > 0 ? ` ${countOf(hidden, "more country", "more countries")} not shown.` : ""}`,
    alternative: `Bar chart of guest messages by nationality. ${sentence}`,
    legend: [],
    option: () =>
      horizontalPlot(
        shown.map(({ country }) => country),
        [
          {
            type: "bar",
            barMaxWidth: 14,
            itemStyle: { color: "var(--accent)" },
            label: numberAt("right", formatCount),
            data: shown.map(({ messages }) => messages),
          },
        ],
      ),
    tooltip: (_, index) =>
      shown[index] ? `${shown[index].country}: ${countOf(shown[index].messages, "message")}` : null,
  };
}
