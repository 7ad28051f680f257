import type { RunReport } from "../../domain/run-report.ts";
import { type Html, html } from "../html.ts";
import { formatMoment } from "../words.ts";
import { callsFigure } from "./charts/calls.ts";
import { durationsFigure } from "./charts/durations.ts";
import { failuresFigure } from "./charts/failures.ts";
import { messagesFigure } from "./charts/messages.ts";
import { complete } from "./complete.ts";
import { renderFailureTable } from "./failure-table.ts";
import { failureTypesOf } from "./failure-types.ts";
import { renderFigure } from "./figure.ts";
import { renderLastRun } from "./last-run.ts";
import { renderRunsTable } from "./runs-table.ts";
import { renderStrip } from "./status.ts";
import { STYLE } from "./style.ts";

export interface PageOptions {
  readonly accountId: string;
  readonly generatedAt: Date;
}

export const MOST_RUNS = 30;

/**
 * The last runs as one HTML file that needs nothing else: no script, font or picture is loaded, and the
 * policy in its head forbids it. Reports may come in any order and from earlier versions.
 */
export function renderRunsPage(reports: readonly RunReport[], options: PageOptions): string {
  const runs = reports
    .map(complete)
    .sort((a, b) => a.started_at.getTime() - b.started_at.getTime())
    .slice(-MOST_RUNS);
  const last = runs[runs.length - 1];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Runs of account ${options.accountId}${last ? `: ${last.status}` : ""} · hostaway-sync</title>
<style>${STYLE}</style>
</head>
<body>
<header><p class="eyebrow">hostaway-sync</p><h1>Runs of account ${options.accountId}</h1></header>
<main>
${last ? renderRuns(runs, last, options.generatedAt) : renderEmpty()}
</main>
<footer>Made on ${formatMoment(options.generatedAt)}.</footer>
</body>
</html>
`.markup;
}

function renderEmpty(): Html {
  return html`<section class="card empty"><h2>No runs yet</h2><p class="muted">After the first <code>hostaway-sync sync</code> this page shows what it brought.</p></section>`;
}

function renderRuns(runs: readonly RunReport[], last: RunReport, generatedAt: Date): Html {
  const types = failureTypesOf(runs);
  const failures = failuresFigure(runs, types);
  return html`${renderLastRun(last, generatedAt)}${renderStrip(runs)}
<section class="charts" aria-label="Charts">
${[messagesFigure(runs), callsFigure(runs)].map(renderFigure)}${failures ? renderFigure(failures) : renderCalm()}${renderFigure(durationsFigure(runs))}</section>
${renderFailureTable(types)}${renderRunsTable(runs)}`;
}

function renderCalm(): Html {
  return html`<section class="card"><h3>Failures by type</h3><p class="calm">Nothing failed in any of these runs.</p></section>
`;
}
