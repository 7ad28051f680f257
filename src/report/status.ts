import { inlineAll } from "../domain/printable.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { StatusReport } from "../domain/status.ts";
import type { Colors } from "./colors.ts";
import { formatIn } from "./next-run.ts";
import { formatAge, formatBytes, formatCount, formatDuration } from "./numbers.ts";
import { countOf, formatMoment, STATUS_MARK } from "./phrases.ts";
import { renderTable } from "./table.ts";

export function renderStatus(read: StatusReport, now: Date, colors: Colors): string {
  const status = inlineAll(read);
  return [
    `${healthLine(status, now, colors)}  ${colors.dim(`account ${status.account_id}`)}`,
    ...(status.runs.length > 0 ? ["", runTable(status.runs, now, colors)] : []),
    "",
    ...factLines(status, now).map(([name, fact]) => `  ${colors.dim(name.padEnd(14))}  ${fact}`),
  ].join("\n");
}

function healthLine({ health, last_success_at, runs }: StatusReport, now: Date, colors: Colors): string {
  const last = last_success_at ? `last success ${ago(last_success_at, now)}` : "no run has succeeded yet";
  if (health === "fresh") return `${colors.green("✔ up to date")}: ${last}`;
  if (health === "lacking") return `${colors.yellow("! incomplete")}: ${last}`;
  return `${colors.red(runs.length === 0 ? "✖ never synced" : "✖ out of date")}: ${last}`;
}

function runTable(runs: readonly RunReport[], now: Date, colors: Colors): string {
  const head = ["", "started", "took", "new messages", "failed", "API calls"].map((name) => colors.dim(name));
  const rows = runs.map(({ status, mode, started_at, duration_ms, items, summary, api }) => [
    `${STATUS_MARK[status]} ${status}${mode === "incremental" ? "" : ` (${mode})`}`,
    ago(started_at, now),
    formatDuration(duration_ms),
    formatCount(items.messages.inserted),
    formatCount(summary.failed),
    formatCount(api.calls),
  ]);
  return renderTable(head, rows, [0, 1]);
}

function factLines(status: StatusReport, now: Date): (readonly [string, string])[] {
  const { documents, lag, scheduler, open_failures } = status;
  const when = `${formatIn(status.next_run_at, status.time_zone)}, in ${formatDuration(Math.max(0, status.next_run_at.getTime() - now.getTime()))}`;
  const next = {
    waiting: when,
    running: "a run is in progress",
    "not seen": `${when} (no scheduler is running on this machine)`,
  };
  return [
    ["next run", next[scheduler]],
    [
      "open failures",
      open_failures === 0
        ? "none"
        : `${formatCount(open_failures)}; to list them, run: hostaway-sync failures`,
    ],
    [
      "stored",
      Object.entries(documents)
        .map(([name, count]) => `${formatCount(count)} ${name}`)
        .join(", "),
    ],
    ["newest message", lag.newest_message_at ? moment(lag.newest_message_at, now) : "none"],
    [
      "oldest pending",
      lag.oldest_unread
        ? `conversation ${lag.oldest_unread.conversation_id}, ${moment(lag.oldest_unread.last_message_at, now)}`
        : "none",
    ],
    ["pending", lag.to_be_read === 0 ? "none" : countOf(lag.to_be_read, "conversation")],
    ["size", status.store_bytes === null ? "unknown" : formatBytes(status.store_bytes)],
  ];
}

function moment(at: Date, now: Date): string {
  return `${formatMoment(at)} (${ago(at, now)})`;
}

function ago(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime();
  return ms < 0 ? formatMoment(at) : formatAge(ms);
}
