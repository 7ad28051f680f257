import type { Insights, MonthOfMessages } from "../../domain/insights.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatMinutes, formatShare } from "../numbers.ts";
import { formatMonth } from "../phrases.ts";
import { firstAnswersFigure } from "./charts/first-replies.ts";
import { nationalitiesFigure } from "./charts/nationalities.ts";
import { waysFigure } from "./charts/platforms.ts";
import { answerMonthsFigure } from "./charts/reply-months.ts";
import { volumeFigure } from "./charts/volume.ts";
import { weekFigure } from "./charts/week.ts";
import { renderFigure } from "./figure.ts";
import { renderPropertiesTable } from "./properties-table.ts";
import { answeringOf } from "./reply-times.ts";
import { sumOf } from "./scale.ts";

/** What guests and hosts wrote to each other. Numbers only: no guest is named. */
export function renderMessagesTab(insights: Insights): Html {
  const { months, ways, nationalities, hours, contacts } = insights;
  const [first, last] = [months[0], months[months.length - 1]];
  if (!first || !last)
    return html`<div class="card empty"><h2>No messages yet</h2><p class="muted">After the first <code>hostaway-sync sync</code> this page shows what they add up to.</p></div>`;
  const fromGuests = sumOf(months.map(({ guest }) => guest));
  const figures = [
    volumeFigure(months),
    firstAnswersFigure(contacts),
    weekFigure(hours, fromGuests),
    answerMonthsFigure(
      contacts,
      months.map(({ month }) => month),
    ),
    waysFigure(ways),
    nationalitiesFigure(nationalities),
  ];
  return html`<section class="card" aria-labelledby="sums">
<p class="eyebrow">All properties</p>
<h2 id="sums">${periodOf(first, last)}</h2>
<dl>${keyFigures(insights)}</dl>
<p class="muted">What was sent, in months of UTC; what is gone from Hostaway is not counted. An answer is one that a person wrote: what an automation sends answers nobody.</p>
</section>
<div class="charts">
${figures.map(renderFigure)}</div>
${renderPropertiesTable(contacts)}`;
}

function periodOf({ month: first }: MonthOfMessages, { month: last }: MonthOfMessages): string {
  return first.getTime() === last.getTime()
    ? formatMonth(last)
    : `${formatMonth(first)} to ${formatMonth(last)}`;
}

function keyFigures({ months, contacts }: Insights): Html[] {
  const sum = (sender: "guest" | "host" | "automation") => sumOf(months.map((month) => month[sender]));
  const ours = sum("host") + sum("automation");
  const { guests, medianMinutes, withinAnHour, unanswered } = answeringOf(contacts);
  const figures: [label: string, value: string][] = [
    ["messages", formatCount(sum("guest") + ours)],
    ["guests who wrote", formatCount(guests)],
    ["first answer, median", medianMinutes === null ? "–" : formatMinutes(medianMinutes)],
    ["answered within an hour", formatShare(withinAnHour, guests)],
    ["unanswered", formatCount(unanswered)],
    ["of our messages automated", formatShare(sum("automation"), ours)],
  ];
  return figures.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`);
}
