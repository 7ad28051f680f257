import type { Insights, MonthOfMessages } from "../../domain/insights.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatMinutes, formatShare } from "../numbers.ts";
import { formatMonth } from "../phrases.ts";
import { firstRepliesFigure } from "./charts/first-replies.ts";
import { nationalitiesFigure } from "./charts/nationalities.ts";
import { platformsFigure } from "./charts/platforms.ts";
import { replyMonthsFigure } from "./charts/reply-months.ts";
import { volumeFigure } from "./charts/volume.ts";
import { weekFigure } from "./charts/week.ts";
import { renderFigure } from "./figure.ts";
import { renderPropertiesTable } from "./properties-table.ts";
import { replyTimesOf } from "./reply-times.ts";
import { sumOf } from "./scale.ts";

/** Statistics over the messages of guests and hosts: numbers only, no guest is named. */
export function renderMessagesTab(insights: Insights): Html {
  const { months, ways, nationalities, hours, contacts } = insights;
  const [first, last] = [months[0], months[months.length - 1]];
  if (!first || !last)
    return html`<div class="card empty"><h2>No messages yet</h2><p class="muted">Statistics appear here after the first <code>hostaway-sync sync</code>.</p></div>`;
  const fromGuests = sumOf(months.map(({ guest }) => guest));
  const figures = [
    volumeFigure(months),
    firstRepliesFigure(contacts),
    weekFigure(hours, fromGuests),
    replyMonthsFigure(
      contacts,
      months.map(({ month }) => month),
    ),
    platformsFigure(ways),
    nationalitiesFigure(nationalities),
  ];
  return html`<section class="card" aria-labelledby="sums">
<p class="eyebrow">All properties</p>
<h2 id="sums">${periodOf(first, last)}</h2>
<dl>${messageFigures(insights)}</dl>
<p class="muted">Sent messages by month (UTC), excluding deleted ones. Only messages written by a person count as replies.</p>
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

function messageFigures({ months, contacts }: Insights): Html[] {
  const sum = (sender: "guest" | "host" | "automation") => sumOf(months.map((month) => month[sender]));
  const ours = sum("host") + sum("automation");
  const { guests, medianMinutes, withinAnHour, unanswered } = replyTimesOf(contacts);
  const figures: [label: string, value: string][] = [
    ["messages", formatCount(sum("guest") + ours)],
    ["guests who wrote", formatCount(guests)],
    ["median first reply", medianMinutes === null ? "–" : formatMinutes(medianMinutes)],
    ["answered within an hour", formatShare(withinAnHour, guests)],
    ["unanswered", formatCount(unanswered)],
    ["of our messages automated", formatShare(sum("automation"), ours)],
  ];
  return figures.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`);
}
