import type { RunReport } from "../../domain/run-report.ts";
import { HOUR_MS } from "../../domain/time.ts";
import { type Briefing, briefingOf, isQuiet } from "../briefing.ts";
import { type FailureGroup, headingOf, shownOf } from "../failure-groups.ts";
import { type Html, html } from "../html.ts";
import { formatCount } from "../numbers.ts";
import { countOf, itemWords } from "../phrases.ts";
import { statusIcon } from "./status-icon.ts";

/** The last run: status, counts and remedies. It opens the page. */
export function renderLastRun(run: RunReport, generatedAt: Date): Html {
  const briefing = briefingOf(run);
  const { verdict, when, notes, scan, calls } = briefing;
  return html`<section class="card last ${run.status}" aria-labelledby="last-run">
<p class="eyebrow">Last run, ${ageOf(run, generatedAt)}</p>
<h2 id="last-run">${statusIcon(run.status)} ${run.status}</h2>
<p class="lead">${verdict}</p>
${notes.map((note) => html`<p class="lead">${note}</p>`)}
<p class="muted">${when}</p>
<dl>${runFigures(run)}</dl>
<p class="muted">${scan} ${calls}</p>
<div class="todo"><h3>To do</h3>
${isQuiet(briefing) ? html`<p>No action needed.</p>` : todoList(briefing)}</div>
</section>
`;
}

const DAY_HOURS = 24;

/** Keeps a page from last week from passing for this morning's. */
function ageOf({ started_at }: RunReport, generatedAt: Date): string {
  const hours = Math.floor((generatedAt.getTime() - started_at.getTime()) / HOUR_MS);
  if (hours < 1) return "less than an hour ago";
  if (hours < 2 * DAY_HOURS) return `${countOf(hours, "hour")} ago`;
  return `${countOf(Math.floor(hours / DAY_HOURS), "day")} ago`;
}

function runFigures({ items: { messages, conversations }, summary, api }: RunReport): Html[] {
  const full = api.full_sync_calls ?? 0;
  const figures: [label: string, value: number, quiet: string][] = [
    ["new messages", messages.inserted, ""],
    ["changed messages", messages.updated, ""],
    ["conversations read", conversations.attempted, ofAll(conversations.scanned)],
    ["API calls", api.calls, ofAll(full > api.calls ? full : 0)],
    ["marked as deleted", messages.deleted + conversations.deleted, ""],
    ["failed items", summary.failed, ""],
  ];
  return figures.map(
    ([label, value, quiet]) =>
      html`<div><dt>${label}</dt><dd>${formatCount(value)}${quiet ? html` <small>${quiet}</small>` : null}</dd></div>`,
  );
}

function ofAll(count: number): string {
  return count > 0 ? `of ${formatCount(count)}` : "";
}

function todoList({ groups, unnamed, open, warnings }: Briefing): Html {
  return html`${groups.map(renderGroup)}
${unnamed > 0 ? html`<p>${countOf(unnamed, "more failed item")} not listed in the report.</p>` : null}
${open ? html`<p>${open}</p>` : null}
${warnings.map(({ message, remediation }) => html`<p><strong>${message}.</strong>${remediation}</p>`)}`;
}

function renderGroup(group: FailureGroup): Html {
  const { shown, hidden } = shownOf(group);
  return html`<p><strong>${headingOf(group)}</strong>${group.remedy}</p>
<ul class="items">${shown.map((failure) => html`<li>${itemWords(failure)} <span class="muted">${failure.message}</span></li>`)}</ul>
${hidden > 0 ? html`<p class="muted">… and ${formatCount(hidden)} more</p>` : null}`;
}
