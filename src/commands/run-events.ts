import { inline } from "../domain/printable.ts";
import type { LogFields, Logger } from "../logger.ts";
import { renderBackfillCost } from "../report/backfill-cost.ts";
import type { PreparingEvent, RunEvent, RunListener } from "../service/events.ts";
import { printLine } from "./command.ts";
import type { SessionParts } from "./session.ts";

/** An event that is worth a line in the log; its kind is the line's message. */
type LoggedEvent = Exclude<RunEvent, PreparingEvent | { readonly kind: "progress" }>;

const LEVELS: Readonly<Record<LoggedEvent["kind"], keyof Omit<Logger, "child">>> = {
  "index conflict": "warn",
  "validators outdated": "warn",
  "view name conflict": "warn",
  "view cannot be created": "warn",
  "backfill planned": "info",
  "waiting for another run": "info",
  "preemption requested": "info",
  preempted: "info",
  "lease expired": "warn",
  "run started": "info",
  "unexpected error": "error",
};

/** Brings the events of a run to terminal, progress bar and log. */
export function runListener(session: SessionParts): RunListener {
  const { output } = session;
  return (event, { runId, accountId }) => {
    if (event.kind === "progress") output.progress.show(event.progress);
    else if (event.kind === "preparing database") output.onSetUp(event);
    else tellLoggedEvent(event, { run_id: runId, account_id: accountId }, session);
  };
}

function tellLoggedEvent(event: LoggedEvent, ids: LogFields, session: SessionParts): void {
  const { context, output } = session;
  const line = output.interactive ? terminalLineOf(event, session) : null;
  if (line !== null) printLine(context, line);
  const log = line === null ? output.log : output.fileLog;
  if (event.kind === "unexpected error") output.progress.close();
  log.child(ids)[LEVELS[event.kind]](event.kind, logFieldsOf(event));
}

/** For a person who waits; null for an event that only the log tells. */
function terminalLineOf(event: LoggedEvent, { app, output: { colors } }: SessionParts): string | null {
  switch (event.kind) {
    case "backfill planned":
      return renderBackfillCost(event.cost, app.config.hostaway.rateLimit, colors);
    case "waiting for another run":
      return colors.dim(`  Waiting for run ${inline(event.holder.run_id)}, which is active on this account.`);
    case "preemption requested":
      return colors.dim("  A backfill is running. Asked it to pause for this run.");
    default:
      return null;
  }
}

function logFieldsOf(event: LoggedEvent): LogFields {
  switch (event.kind) {
    case "index conflict":
    case "view name conflict":
      return { ...event.conflict };
    case "view cannot be created":
      return { ...event.failure };
    case "validators outdated":
      return { collections: event.collections, remedy: "give the MongoDB user the role dbAdmin" };
    case "backfill planned":
      return { backfill: event.backfill, selection: event.selection, ...event.cost };
    case "waiting for another run":
    case "preemption requested":
      return { holder: event.holder };
    case "lease expired":
      return { previous_run_id: event.previous.run_id };
    case "run started":
      return { database: event.database, dry_run: event.dryRun };
    case "unexpected error":
      return { error: event.error };
    case "preempted":
      return {};
  }
}
