import type { Insights } from "../../domain/insights.ts";
import { inlineAll } from "../../domain/printable.ts";
import type { RunReport } from "../../domain/run-report.ts";
import { html } from "../html.ts";
import { formatMoment } from "../phrases.ts";
import { completeReport } from "./complete-report.ts";
import { renderMessagesTab } from "./messages-tab.ts";
import { renderRunsTab } from "./runs-tab.ts";
import { PAGE_STYLE } from "./style.ts";

export interface PageOptions {
  readonly accountId: string;
  readonly generatedAt: Date;
}

export const MOST_RUNS = 30;

/**
 * The last runs and the message statistics as one HTML file that needs nothing else: no script, font or
 * picture is loaded, and the policy in its head forbids it. Reports may come in any order and from earlier versions.
 */
export function renderReportPage(
  reports: readonly RunReport[],
  stored: Insights,
  { accountId, generatedAt }: PageOptions,
): string {
  const runs = reports
    .map((report) => inlineAll(completeReport(report)))
    .sort((a, b) => a.started_at.getTime() - b.started_at.getTime())
    .slice(-MOST_RUNS);
  const insights = inlineAll(stored);
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
<title>Account ${accountId}${last ? `: ${last.status}` : ""} · hostaway-sync</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><p class="eyebrow">hostaway-sync</p><h1>Account ${accountId}</h1>
<nav aria-label="Sections"><a href="#runs">Runs</a><a href="#messages">Messages</a></nav></header>
<main>
<section class="tab" id="runs" aria-label="Runs">
${renderRunsTab(runs, generatedAt)}
</section>
<section class="tab" id="messages" aria-label="Messages">
${renderMessagesTab(insights)}
</section>
</main>
<footer>Generated on ${formatMoment(generatedAt)}.</footer>
</body>
</html>
`.markup;
}
