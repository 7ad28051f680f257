import type { RunReport } from "../../domain/run-report.ts";
import { type Html, html } from "../html.ts";
import { callsFigure } from "./charts/calls.ts";
import { durationsFigure } from "./charts/durations.ts";
import { failuresFigure } from "./charts/failures.ts";
import { messagesFigure } from "./charts/messages.ts";
import { renderFailureTable } from "./failure-table.ts";
import { failureTypesOf } from "./failure-types.ts";
import { renderFigure } from "./figure.ts";
import { renderLastRun } from "./last-run.ts";
import { renderRunsTable } from "./runs-table.ts";
import { renderStrip } from "./status-icon.ts";

/** The runs, oldest first, as charts and tables. */
export function renderRunsTab(runs: readonly RunReport[], generatedAt: Date): Html {
  const last = runs[runs.length - 1];
  if (!last)
    return html`<div class="card empty"><h2>No runs yet</h2><p class="muted">Runs appear here after the first <code>hostaway-sync sync</code>.</p></div>`;
  const types = failureTypesOf(runs);
  const failures = failuresFigure(runs, types);
  return html`${renderLastRun(last, generatedAt)}${renderStrip(runs)}
<div class="charts">
${[messagesFigure(runs), callsFigure(runs)].map(renderFigure)}${failures ? renderFigure(failures) : renderNoFailures()}${renderFigure(durationsFigure(runs))}</div>
${renderFailureTable(types)}${renderRunsTable(runs)}`;
}

function renderNoFailures(): Html {
  return html`<section class="card"><h3>Failures by type</h3><p class="calm">No failures in these runs.</p></section>
`;
}
