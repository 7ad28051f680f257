import type { Db } from "mongodb";
import type { RunReport, RunStatus } from "../domain/run-report.ts";
import { RUNS } from "../store/collections.ts";
import { storageOperation } from "../store/errors.ts";

const reading = storageOperation(`reading ${RUNS.name}`);
const WITHOUT_ID = { projection: { _id: 0 } };

/** The reports of an account's last runs of any mode, the latest first. */
export async function latestRuns(db: Db, accountId: string, count: number): Promise<readonly RunReport[]> {
  const runs = db.collection<RunReport>(RUNS.name);
  return await reading(() =>
    runs.find({ account_id: accountId }, WITHOUT_ID).sort({ started_at: -1 }).limit(count).toArray(),
  );
}

/** The account's last nightly run that ended with one of these statuses; null when there is none. */
export async function lastNightlyRun(
  db: Db,
  accountId: string,
  statuses: readonly RunStatus[],
): Promise<RunReport | null> {
  const runs = db.collection<RunReport>(RUNS.name);
  const which = { account_id: accountId, mode: "incremental", status: { $in: [...statuses] } } as const;
  return await reading(() => runs.find(which, WITHOUT_ID).sort({ started_at: -1 }).limit(1).next());
}
