import { readConfig } from "../config.ts";
import { renderNextRun } from "../report/next-run.ts";
import { keepNights, type ScheduleCaller, type ScheduleEvent } from "../service/keep-nights.ts";
import { type AddCommand, type Context, EXIT, printLine } from "./command.ts";
import { logMail, printReport } from "./deliver.ts";
import { reportBusy } from "./run-and-report.ts";
import { runListener } from "./run-events.ts";
import { openSession, type SessionParts } from "./session.ts";

export const addSchedule: AddCommand = (program, context, run) => {
  program
    .command("schedule")
    .description("keep running and sync on the SYNC_CRON schedule; missed runs start immediately")
    .action(() => run(schedule(context)));
};

async function schedule(context: Context): Promise<number> {
  const config = readConfig(context.env);
  await using session = openSession(config, context, false);
  const { log } = session.output;
  const { cron, timeZone } = config.schedule;
  log.info("scheduler started", { cron, time_zone: timeZone });
  await keepNights(session.app, context.signal, scheduleCaller(session));
  log.info("scheduler stopped");
  return EXIT.ok;
}

const ENDS_OF_A_RUN: ReadonlySet<ScheduleEvent["kind"]> = new Set([
  "run finished",
  "account busy",
  "unexpected error",
]);

/** Brings the events of a schedule to terminal and log. */
export function scheduleCaller(session: SessionParts): ScheduleCaller {
  const { progress } = session.output;
  let runId = "";
  return {
    onRunEvent: runListener(session),
    onEvent(event) {
      if (ENDS_OF_A_RUN.has(event.kind)) progress.close();
      if (event.kind === "run finished") runId = event.report.run_id;
      tellEvent(event, runId, session);
    },
  };
}

function tellEvent(event: ScheduleEvent, runId: string, session: SessionParts): void {
  const { output } = session;
  switch (event.kind) {
    case "preparing database":
      output.onSetUp(event);
      break;
    case "next run":
      tellNextRun(event, session);
      break;
    case "account busy":
      reportBusy(event, session);
      break;
    case "run finished":
      printReport(event.report, session);
      break;
    case "report mailed":
    case "mail failed":
      logMail(event, runId, output);
      break;
    case "database unavailable":
      output.log.warn(event.kind, { reason: event.reason, retry_in_ms: event.retryInMs });
      break;
    case "heartbeat file not writable":
      output.log.warn(event.kind, { error: event.error });
      break;
    case "unexpected error":
      output.log.error(event.kind, { error: event.error });
      break;
  }
}

function tellNextRun(
  { at, why }: Extract<ScheduleEvent, { kind: "next run" }>,
  { app, context, output }: SessionParts,
): void {
  if (output.interactive)
    printLine(context, renderNextRun(at, why, app.config.schedule, context.clock.now(), output.colors));
  output.fileLog.info("next run", { at, why });
}
