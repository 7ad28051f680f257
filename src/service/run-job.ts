import type { App } from "../app.ts";
import { ConfigError } from "../config.ts";
import { ItemError, toItemError } from "../domain/failure.ts";
import { AccountBusyError } from "../domain/lease.ts";
import type { RunReport } from "../domain/run-report.ts";
import { reportWithoutRun } from "../sync/run.ts";
import { MongoUnavailableError, StoreUnavailableError } from "./errors.ts";
import type { JobCaller } from "./events.ts";
import { type Job, JobRefusedError } from "./job.ts";
import { type JobContext, type PendingJob, pendingJob } from "./job-context.ts";
import { runBackfill } from "./run-backfill.ts";
import { runNightly, runReplay } from "./run-sync.ts";

const MODES: Readonly<Record<Job["kind"], RunReport["mode"]>> = {
  nightly: "incremental",
  replay: "replay",
  backfill: "backfill",
};

/**
 * Does a job and returns its report; null when the caller decided against its cost. Where no database can be
 * opened there is a report all the same, though nowhere to store it: somebody waits for the mail. Throws
 * `AccountBusyError`, `JobRefusedError` and `ConfigError`, with nothing done.
 */
export async function runJob(
  app: App,
  job: Job,
  signal: AbortSignal,
  caller: JobCaller = {},
): Promise<RunReport | null> {
  const startedAt = app.clock.now();
  const pending = pendingJob(app, signal, caller);
  let report: RunReport | null = null;
  try {
    await using store = await app.openStore({
      signal,
      reads: "primary",
      onProgress: (step) => pending.emit({ kind: "preparing database", ...step }),
    });
    report = await perform(job, { ...pending, store });
    return report;
  } catch (error) {
    if (isForCaller(error)) throw error;
    const reason = failureReasonOf(error, pending);
    return report ?? reportOnNothing(job, reason, startedAt, pending);
  }
}

async function perform(job: Job, context: JobContext): Promise<RunReport | null> {
  switch (job.kind) {
    case "nightly":
      return await runNightly(context, job);
    case "replay":
      return await runReplay(context, job);
    case "backfill":
      return await runBackfill(context, job);
  }
}

function isForCaller(error: unknown): boolean {
  return (
    error instanceof AccountBusyError || error instanceof JobRefusedError || error instanceof ConfigError
  );
}

function failureReasonOf(error: unknown, { emit, signal }: PendingJob): ItemError {
  const reason = reasonWithoutRun(error, signal);
  const isBug = reason.type === "unexpected" && reason.remedy === undefined;
  if (isBug) emit({ kind: "unexpected error", error });
  return reason;
}

function reasonWithoutRun(error: unknown, signal: AbortSignal): ItemError {
  if (error instanceof StoreUnavailableError) return new ItemError("storage_error", error.reason);
  if (error instanceof MongoUnavailableError)
    return new ItemError("storage_error", error.message.replaceAll(/\s*\n\s*/g, " "));
  return signal.aborted ? new ItemError("interrupted", "stopped before the work began") : toItemError(error);
}

function reportOnNothing(job: Job, reason: ItemError, startedAt: Date, pending: PendingJob): RunReport {
  const { app, runId, accountId } = pending;
  return reportWithoutRun(reason, {
    runId,
    accountId,
    mode: MODES[job.kind],
    dryRun: job.kind !== "replay" && job.dryRun,
    startedAt,
    finishedAt: app.clock.now(),
  });
}
