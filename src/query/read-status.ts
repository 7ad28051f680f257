import type { Db } from "mongodb";
import type { RunReport } from "../domain/run-report.ts";
import type { Health, NextRun, StatusReport } from "../domain/status.ts";
import { HOUR_MS } from "../domain/time.ts";
import { countOpenFailures } from "./failures.ts";
import { readOverview } from "./overview.ts";
import { lastNightlyRun, latestRuns } from "./runs.ts";

/** A day, and two hours for a long night. */
const OLDEST_SUCCESS_MS = 26 * HOUR_MS;
const RUNS_SHOWN = 5;

/** Throws `ItemError` when the database does not answer. */
export async function readStatus(
  db: Db,
  accountId: string,
  now: Date,
  { next_run_at, time_zone, scheduler }: NextRun,
): Promise<StatusReport> {
  const ended = await lastNightlyRun(db, accountId, ["succeeded", "partial"]);
  const success = await lastNightlyRun(db, accountId, ["succeeded"]);
  return {
    account_id: accountId,
    health: healthAfter(ended, now),
    last_success_at: success?.finished_at ?? null,
    runs: await latestRuns(db, accountId, RUNS_SHOWN),
    next_run_at,
    time_zone,
    scheduler,
    open_failures: await countOpenFailures(db, accountId),
    ...(await readOverview(db, accountId, now)),
  };
}

function healthAfter(ended: RunReport | null, now: Date): Health {
  if (!ended || now.getTime() - ended.finished_at.getTime() > OLDEST_SUCCESS_MS) return "stale";
  return ended.status === "succeeded" ? "fresh" : "lacking";
}
