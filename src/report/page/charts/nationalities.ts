import type { Insights } from "../../../domain/insights.ts";
import { formatCount, formatShare } from "../../numbers.ts";
import { countOf, listOf } from "../../phrases.ts";
import { lyingPlot, numberAt } from "../axes.ts";
import { countryName } from "../display-names.ts";
import type { Figure } from "../figure.ts";
import { sumOf } from "../scale.ts";

const MOST = 10;

/** Where the guests who write are from. */
export function nationalitiesFigure(nationalities: Insights["nationalities"]): Figure {
  const known = nationalities.flatMap(({ nationality, messages }) =>
    nationality === null ? [] : [{ country: countryName(nationality), messages }],
  );
  const shown = known.slice(0, MOST);
  const all = sumOf(nationalities.map(({ messages }) => messages));
  const ofKnown = sumOf(known.map(({ messages }) => messages));
  const most = shown
    .slice(0, 3)
    .map(({ country, messages }) => `${country} ${formatShare(messages, ofKnown)}`);
  const unknown = ofKnown < all ? ` Of ${formatShare(all - ofKnown, all)} nothing tells.` : "";
  const sentence = `${known.length > 0 ? `${listOf(most)}.` : "No nationality is known."}${unknown}`;
  const hidden = known.length - shown.length;
  return {
    title: "Messages of guests, by nationality",
    caption: `${sentence}${hidden > 0 ? ` ${formatCount(hidden)} more not drawn.` : ""}`,
    alternative: `Bar chart of guests' messages by nationality. ${sentence}`,
    legend: [],
    option: () =>
      lyingPlot(
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
