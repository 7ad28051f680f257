import { ulid } from "ulid";
import type { App, HostawayConnection, StoreConnection } from "../app.ts";
import type { Lease } from "../domain/lease.ts";
import { latestRuns } from "../query/runs.ts";
import type { SyncDeps } from "../sync/run.ts";
import type { JobCaller, RunEvent, RunIdentity } from "./events.ts";

/** A job and its surroundings, before its database is open. */
export interface PendingJob extends RunIdentity {
  readonly app: App;
  readonly signal: AbortSignal;
  readonly confirm: NonNullable<JobCaller["confirm"]>;
  emit(event: RunEvent): void;
}

export interface JobContext extends PendingJob {
  readonly store: StoreConnection;
}

export function pendingJob(app: App, signal: AbortSignal, caller: JobCaller): PendingJob {
  const runId = ulid(app.clock.now().getTime());
  const { accountId } = app.config.hostaway;
  const emit = (event: RunEvent) => caller.onEvent?.(event, { runId, accountId });
  return { app, runId, accountId, signal, emit, confirm: caller.confirm ?? (async () => true) };
}

/** P8: Hostaway's window does not know that the previous run was another process. */
export async function connectHostaway({ app, store, accountId }: JobContext): Promise<HostawayConnection> {
  const [last] = await latestRuns(store.db, accountId, 1);
  const endedMsAgo = app.clock.now().getTime() - (last?.finished_at.getTime() ?? 0);
  return app.connectHostaway({ earlier: last ? { requests: last.api.calls, endedMsAgo } : null });
}

/** The parts that every kind of run is made of. Without a lease it is a dry run. */
export function syncDepsOf(
  { app, store, runId, accountId, emit }: Pick<JobContext, "app" | "store" | "emit" | keyof RunIdentity>,
  hostaway: HostawayConnection,
  lease: Lease | null,
): SyncDeps {
  const { sync, hostaway: settings } = app.config;
  return {
    runId,
    accountId,
    source: hostaway.source,
    stores: store.stores(lease, runId),
    lease,
    clock: app.clock,
    concurrency: settings.concurrency,
    sweepDays: sync.sweepDays,
    thresholds: sync.thresholds,
    acceptDeletions: false,
    apiCounts: hostaway.counts,
    onProgress: (progress) => emit({ kind: "progress", progress }),
  };
}
