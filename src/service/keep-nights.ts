import type { App } from "../app.ts";
import { AccountBusyError, type LeaseHolder } from "../domain/lease.ts";
import type { RunReport } from "../domain/run-report.ts";
import { lastNightlyRun } from "../query/runs.ts";
import { removeHeartbeat, writeHeartbeat } from "../schedule/heartbeat.ts";
import { type Heartbeat, keepSchedule, type ScheduleEvents } from "../schedule/keep-schedule.ts";
import { createPlan } from "../schedule/plan.ts";
import type { PreparingEvent, RunListener } from "./events.ts";
import { type MailEvent, mailReport } from "./mail-report.ts";
import { runJob } from "./run-job.ts";

/** An event between the runs of a schedule, or of one as a whole. */
export type ScheduleEvent =
  | PreparingEvent
  | MailEvent
  | { readonly kind: "next run"; readonly at: Date; readonly why: "planned" | "missed" }
  | { readonly kind: "account busy"; readonly holder: LeaseHolder }
  | { readonly kind: "run finished"; readonly report: RunReport }
  | { readonly kind: "database unavailable"; readonly reason: string; readonly retryInMs: number }
  | { readonly kind: "heartbeat file not writable"; readonly error: unknown }
  | { readonly kind: "unexpected error"; readonly error: unknown };

export interface ScheduleCaller {
  readonly onEvent: (event: ScheduleEvent) => void;
  readonly onRunEvent: RunListener;
}

/** Runs the nightly job on its schedule until the signal aborts. */
export async function keepNights(app: App, signal: AbortSignal, caller: ScheduleCaller): Promise<void> {
  const { cron, timeZone, heartbeatFile } = app.config.schedule;
  await keepSchedule(createPlan(cron, timeZone), nightsOf(app, signal, caller), app.clock, signal);
  await removeHeartbeat(heartbeatFile).catch(() => undefined);
}

/** A night, as the scheduler runs it. */
export function nightsOf(app: App, signal: AbortSignal, caller: ScheduleCaller): ScheduleEvents {
  const { onEvent } = caller;
  return {
    lastRun: () => startOfLastRun(app, signal, onEvent),
    run: () => runNight(app, signal, caller),
    beat: heartbeatOf(app.config.schedule.heartbeatFile, onEvent),
    onNext: (at, why) => onEvent({ kind: "next run", at, why }),
    onWaiting(error, retryInMs) {
      const reason = error instanceof Error ? error.message : String(error);
      onEvent({ kind: "database unavailable", reason, retryInMs });
    },
    onError: (error) => onEvent({ kind: "unexpected error", error }),
  };
}

async function startOfLastRun(
  app: App,
  signal: AbortSignal,
  onEvent: ScheduleCaller["onEvent"],
): Promise<Date | null> {
  await using store = await app.openStore({
    signal,
    onProgress: (step) => onEvent({ kind: "preparing database", ...step }),
  });
  const last = await lastNightlyRun(store.db, app.config.hostaway.accountId, ["succeeded", "partial"]);
  return last?.started_at ?? null;
}

async function runNight(
  app: App,
  signal: AbortSignal,
  { onEvent, onRunEvent }: ScheduleCaller,
): Promise<void> {
  const { dryRun } = app.config.sync;
  try {
    const job = { kind: "nightly", dryRun, acceptDeletions: false } as const;
    const report = await runJob(app, job, signal, { onEvent: onRunEvent });
    if (!report) return;
    onEvent({ kind: "run finished", report });
    const mail = await mailReport(app, report, signal);
    if (mail) onEvent(mail);
  } catch (error) {
    if (!(error instanceof AccountBusyError)) throw error;
    onEvent({ kind: "account busy", holder: error.holder });
  }
}

/** One event for a file that cannot be written, until a write succeeds again. */
function heartbeatOf(file: string, onEvent: ScheduleCaller["onEvent"]): (beat: Heartbeat) => Promise<void> {
  let isFailing = false;
  return async (beat) => {
    try {
      await writeHeartbeat(file, beat);
      isFailing = false;
    } catch (error) {
      if (!isFailing) onEvent({ kind: "heartbeat file not writable", error });
      isFailing = true;
    }
  };
}
