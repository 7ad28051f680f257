import type { RunReport } from "../../domain/run-report.ts";
import { countResting } from "../briefing.ts";
import { groupFailures } from "../failure-groups.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatDuration } from "../numbers.ts";
import { errorWords, formatDate, formatTime } from "../phrases.ts";
import { statusIcon } from "./status-icon.ts";

const NUMBERS = ["took", "read", "new", "changed", "failed", "API calls", "for all"] as const;

/** Every run in numbers, newest first. On a phone each row becomes a block, hence the roles and labels. */
export function renderRunsTable(runs: readonly RunReport[]): Html {
  return html`<section class="card" aria-labelledby="all-runs">
<h2 id="all-runs">All runs</h2>
<p class="muted">Times are in UTC. “Read” are conversations, “new” and “changed” messages, “failed” items of any kind; “for all” is how many API calls reading everything would take.</p>
<table class="runs" role="table" aria-labelledby="all-runs"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">began</th><th scope="col" role="columnheader">status</th>${NUMBERS.map(
    (name) => html`<th scope="col" role="columnheader" class="number">${name}</th>`,
  )}<th scope="col" role="columnheader" class="id">run id</th></tr></thead>
<tbody role="rowgroup">${runs.toReversed().map(row)}</tbody></table>
</section>
`;
}

function row(run: RunReport): Html {
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
    (text, column) =>
      html`<td role="cell" class="number" data-label="${column === 0 ? "long" : (NUMBERS[column] ?? "")}">${text}</td>`,
  )}<td role="cell" class="id">${run_id}</td></tr>
`;
}

/** "2 × timeout, 1 × server error, 3 of earlier runs missing" */
function troubleOf(run: RunReport): string {
  const groups = groupFailures(run).map(
    ({ type, failures }) => `${formatCount(failures.length)} × ${errorWords(type)}`,
  );
  const resting = countResting(run) ?? 0;
  return [...groups, ...(resting > 0 ? [`${formatCount(resting)} of earlier runs missing`] : [])].join(", ");
}
