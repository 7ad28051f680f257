import { isDeepStrictEqual } from "node:util";
import type { RunReport } from "../domain/run-report.ts";
import { Selection } from "../domain/sync-state.ts";
import { type BackfillPlan, backfillAccount } from "../sync/backfill.ts";
import { estimateBackfill } from "../sync/backfill-cost.ts";
import { acquirePreemptible, type PreemptibleLease } from "../sync/preemption.ts";
import { type BackfillJob, JobRefusedError } from "./job.ts";
import { connectHostaway, type JobContext, syncDepsOf } from "./job-context.ts";
import { prepareStore } from "./prepare-store.ts";
import { requireIdle } from "./run-sync.ts";

/** Null when the caller decided against its cost. Throws `JobRefusedError`, and `AccountBusyError` for a dry run. */
export async function runBackfill(context: JobContext, job: BackfillJob): Promise<RunReport | null> {
  const { app, store, accountId, runId, emit, signal } = context;
  const { rateLimit } = app.config.hostaway;
  const plan = await planOf(job, context);
  if (!job.dryRun) await prepareStore(context);

  using hostaway = await connectHostaway(context);
  const { source } = hostaway;
  const known = { source, stores: store.stores(null, runId), accountId, rateLimit };
  const cost = await estimateBackfill(known, plan, signal);
  emit({ kind: "backfill planned", backfill: plan.id, selection: plan.selection, cost });
  if (!(await context.confirm(cost))) return null;

  if (job.dryRun) await requireIdle(context);
  await using lease = job.dryRun ? null : await acquireWaiting(context);
  emit({ kind: "run started", database: store.endpoint.description, dryRun: job.dryRun });
  const deps = { ...syncDepsOf(context, hostaway, lease), expectedCalls: cost.calls };
  return await backfillAccount(deps, plan, lease, signal);
}

async function acquireWaiting(context: JobContext): Promise<PreemptibleLease> {
  const { app, store, accountId, runId, emit, signal } = context;
  const { windowMs } = app.config.hostaway.rateLimit;
  return await acquirePreemptible(
    {
      leases: store.leases,
      accountId,
      runId,
      clock: app.clock,
      windowMs,
      onWait: (holder) => emit({ kind: "waiting for another run", holder }),
      onHandOver: () => emit({ kind: "preempted" }),
    },
    signal,
  );
}

async function planOf({ selection, resume }: BackfillJob, context: JobContext): Promise<BackfillPlan> {
  const { store, accountId, runId } = context;
  if (selection && !resume) return { id: runId, selection, listsRead: false };
  const { backfill } = await store.stores(null, runId).accountStates.read(accountId);
  if (!backfill || backfill.finished_at !== null) throw new JobRefusedError({ kind: "nothing to resume" });
  const interrupted = Selection.parse(JSON.parse(backfill.selection));
  if (selection && !isDeepStrictEqual(selection, interrupted))
    throw new JobRefusedError({ kind: "another backfill to resume", interrupted });
  return { id: backfill.id, selection: interrupted, listsRead: backfill.lists_read };
}
