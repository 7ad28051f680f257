import { AccountBusyError, type Lease } from "../domain/lease.ts";
import type { RunReport } from "../domain/run-report.ts";
import { openFailures } from "../query/failures.ts";
import { acquireByPreempting } from "../sync/preemption.ts";
import { replayAccount } from "../sync/replay.ts";
import type { SyncDeps } from "../sync/run.ts";
import { syncAccount } from "../sync/sync-account.ts";
import { JobRefusedError, type NightlyJob, type ReplayJob } from "./job.ts";
import { connectHostaway, type JobContext, syncDepsOf } from "./job-context.ts";
import { prepareStore } from "./prepare-store.ts";

type Work = (deps: SyncDeps) => Promise<RunReport>;

export async function runNightly(
  context: JobContext,
  { acceptDeletions, dryRun }: NightlyJob,
): Promise<RunReport> {
  const work: Work = (deps) => syncAccount({ ...deps, acceptDeletions }, context.signal);
  return dryRun ? await runDry(context, work) : await runAlone(context, work);
}

export async function runReplay(context: JobContext, { filter }: ReplayJob): Promise<RunReport> {
  if (filter.ids) await requireOpen(filter.ids, context);
  return await runAlone(context, (deps) => replayAccount(deps, filter, context.signal));
}

/** A misspelt id would otherwise be a run that succeeds with nothing to do. Throws `JobRefusedError`. */
async function requireOpen(ids: readonly string[], { store, accountId }: JobContext): Promise<void> {
  const open = await openFailures(store.db, accountId, { ids });
  const known = new Set(open.map(({ _id }) => _id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) throw new JobRefusedError({ kind: "no such failures", ids: unknown });
}

/** P12: under the account's lease, which a backfill is asked to hand over. Throws `AccountBusyError`. */
async function runAlone(context: JobContext, work: Work): Promise<RunReport> {
  const { app, store, accountId, runId, emit, signal } = context;
  await prepareStore(context);
  const { clock } = app;
  const onWait: Parameters<typeof acquireByPreempting>[0]["onWait"] = (holder) =>
    emit({ kind: "preemption requested", holder });
  const { leases } = store;
  await using lease = await acquireByPreempting({ leases, accountId, runId, clock, onWait }, signal);
  if (lease.recovered) emit({ kind: "lease expired", previous: lease.recovered });
  return await runUnder(lease, context, work);
}

async function runDry(context: JobContext, work: Work): Promise<RunReport> {
  await requireIdle(context);
  return await runUnder(null, context, work);
}

/** A dry run has no lease; beside another run it would compare with unfinished writes. Throws `AccountBusyError`. */
export async function requireIdle({ store, accountId }: JobContext): Promise<void> {
  const holder = await store.leases.holder(accountId);
  if (holder) throw new AccountBusyError(holder);
}

async function runUnder(lease: Lease | null, context: JobContext, work: Work): Promise<RunReport> {
  using hostaway = await connectHostaway(context);
  const database = context.store.endpoint.description;
  context.emit({ kind: "run started", database, dryRun: lease === null });
  return await work(syncDepsOf(context, hostaway, lease));
}
