import type { RunReport, RunStatus } from "../../domain/run-report.ts";
import { Html, html } from "../html.ts";
import { countOf, formatMoment, listOf } from "../phrases.ts";

/** Drawn, as some fonts show the characters as coloured pictures. Shapes differ for the colour-blind. */
const SHAPES: Readonly<Record<RunStatus, string>> = {
  succeeded: "M4.5 8.4l2.4 2.4 4.6-5.2",
  partial: "M8 4v5M8 11.6v.1",
  failed: "M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6",
};

/** Decorative: the status stands beside it as text. */
export function statusIcon(status: RunStatus): Html {
  return new Html(
    `<svg class="icon ${status}" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="8"/><path d="${SHAPES[status]}"/></svg>`,
  );
}

/** All runs at a glance: one square for each, oldest first. */
export function renderStrip(runs: readonly RunReport[]): Html {
  return html`<div class="strip"><p>${statusTally(runs)}</p><ol aria-hidden="true">${runs.map(
    ({ status, started_at }) =>
      html`<li title="${formatMoment(started_at)}: ${status}">${statusIcon(status)}</li>`,
  )}</ol></div>
`;
}

function statusTally(runs: readonly RunReport[]): string {
  const parts = (["succeeded", "partial", "failed"] as const).flatMap((status) => {
    const count = runs.filter((run) => run.status === status).length;
    return count > 0 ? [`${count} ${status}`] : [];
  });
  const last = `The last ${countOf(runs.length, "run")}`;
  if (runs.length === 1) return "One run so far.";
  if (parts.length > 1) return `${last}: ${listOf(parts)}.`;
  const status = runs[0]?.status ?? "";
  return `${last} ${status === "partial" ? "were all" : "all"} ${status}.`;
}
