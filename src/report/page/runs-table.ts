import type { RunReport } from "../../domain/run-report.ts";
import { countOpenBefore } from "../briefing.ts";
import { groupFailures } from "../failure-groups.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatDuration } from "../numbers.ts";
import { countOf, errorWords, formatDate, formatTime } from "../phrases.ts";
import { statusIcon } from "./status-icon.ts";

const RUN_COLUMNS = ["took", "read", "new", "changed", "failed", "API calls", "full sync"] as const;

/** All runs as a table, newest first. On a phone each row becomes a block, hence the roles and labels. */
export function renderRunsTable(runs: readonly RunReport[]): Html {
  return html`<section class="card" aria-labelledby="all-runs">
<h2 id="all-runs">All runs</h2>
<p class="muted">Times are in UTC. “Read” counts conversations, “new” and “changed” count messages, “failed” counts items of any kind. “Full sync” is the number of API calls that a full sync would take.</p>
<table class="runs" role="table" aria-labelledby="all-runs"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">started</th><th scope="col" role="columnheader">status</th>${RUN_COLUMNS.map(
    (name) => html`<th scope="col" role="columnheader" class="number">${name}</th>`,
  )}<th scope="col" role="columnheader" class="id">run id</th></tr></thead>
<tbody role="rowgroup">${runs.toReversed().map(runRow)}</tbody></table>
</section>
`;
}

function runRow(run: RunReport): Html {
  const { run_id, started_at, status, duration_ms, items, summary, api, dry_run } = run;
  const trouble = troubleOf(run);
  const numbers = [
    formatDuration(duration_ms),
    formatCount(items.conversations.attempted),
    formatCount(items.messages.inserted),
    formatCount(items.messages.updated),
    formatCount(summary.failed),
    formatCount(api.calls),
    api.full_sync_calls === null ? "–" : formatCount(api.full_sync_calls),
  ];
  return html`<tr role="row"><th scope="row" role="rowheader"><time datetime="${started_at.toISOString()}">${formatDate(started_at)}, ${formatTime(started_at)}</time></th><td role="cell" class="status">${statusIcon(status)} ${status}${dry_run ? ", dry run" : null}${trouble ? html`<small>${trouble}</small>` : null}</td>${numbers.map(
    (text, column) => html`<td role="cell" class="number" data-label="${labelOf(column)}">${text}</td>`,
  )}<td role="cell" class="id">${run_id}</td></tr>
`;
}

/** On a phone: "8.2 s duration", "795 for a full sync". */
function labelOf(column: number): string {
  const heading = RUN_COLUMNS[column] ?? "";
  if (heading === "took") return "duration";
  return heading === "full sync" ? "for a full sync" : heading;
}

/** "2 × timeout, 1 × server error, 3 earlier failures open" */
function troubleOf(run: RunReport): string {
  const groups = groupFailures(run).map(
    ({ type, failures }) => `${formatCount(failures.length)} × ${errorWords(type)}`,
  );
  const open = countOpenBefore(run) ?? 0;
  return [...groups, ...(open > 0 ? [`${countOf(open, "earlier failure")} open`] : [])].join(", ");
}
