import { ulid } from "ulid";
import { openHostaway, type StoreConnection } from "../app.ts";
import type { Config } from "../config.ts";
import { AccountBusyError, type Lease } from "../domain/lease.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { EarlierUse } from "../http/rate-limiter.ts";
import type { Logger } from "../logger.ts";
import { latestRuns } from "../query/runs.ts";
import { ensureViews } from "../store/ensure-views.ts";
import { ensureSchema } from "../store/schema.ts";
import type { LetterFilter } from "../sync/ports.ts";
import { acquireByPreempting } from "../sync/preemption.ts";
import { replayAccount } from "../sync/replay.ts";
import { syncAccount } from "../sync/sync-account.ts";
import { type Context, printLine } from "./command.ts";
import type { Output } from "./output.ts";

/** What a run needs of the world, before its database is open. */
export interface Surroundings {
  readonly config: Config;
  readonly context: Context;
  readonly output: Output;
}

export interface RunParts extends Surroundings {
  readonly store: StoreConnection;
}

export interface RunWishes {
  readonly dryRun: boolean;
  readonly acceptDeletions: boolean;
  /** Only what failed before. */
  readonly replay?: LetterFilter;
}

export const PLAIN_RUN: RunWishes = { dryRun: false, acceptDeletions: false };

/**
 * One run, alone for its account (P12), told to the log and the progress display. Throws
 * `AccountBusyError` when another run is at work.
 */
export async function runOnce(parts: RunParts, wishes: RunWishes = PLAIN_RUN): Promise<RunReport> {
  const { config, context, output, store } = parts;
  const { accountId } = config.hostaway;
  const runId = ulid(context.clock.now().getTime());
  const log = output.log.child({ run_id: runId, account_id: accountId });
  if (wishes.dryRun) {
    const holder = await store.leases.holder(accountId);
    if (holder) throw new AccountBusyError(holder);
    return await runUnder(null, { ...parts, wishes, runId, log });
  }
  await prepare(store, log);
  const asking = { leases: store.leases, accountId, runId, clock: context.clock };
  const onWait = () => {
    if (output.interactive) printLine(context, output.colors.dim("  A backfill is at work: it makes way."));
    output.journal.info("a backfill is at work: asked it to make way", { run_id: runId });
  };
  await using lease = await acquireByPreempting({ ...asking, onWait }, context.signal);
  if (lease.recovered)
    log.warn("the run before did not end by itself", { run_before: lease.recovered.run_id });
  return await runUnder(lease, { ...parts, wishes, runId, log });
}

/** Makes what is missing of collections, indexes and views. A run does not need the views. */
export async function prepare({ db }: StoreConnection, log: Logger): Promise<void> {
  const { conflicts, outdated } = await ensureSchema(db);
  for (const conflict of conflicts) log.warn("an index of ours means something else", { ...conflict });
  if (outdated.length > 0)
    log.warn("validators are of an older version: give the user the role dbAdmin to have them renewed", {
      collections: outdated,
    });
  const views = await ensureViews(db);
  for (const conflict of views.conflicts)
    log.warn("something else has the name of a view of ours", { ...conflict });
  for (const failure of views.failures) log.warn("a view for analysts cannot be made", { ...failure });
}

interface OpenedRun extends RunParts {
  readonly wishes: RunWishes;
  readonly runId: string;
  readonly log: Logger;
}

async function runUnder(lease: Lease | null, run: OpenedRun): Promise<RunReport> {
  const { config, context, output, store, wishes, runId, log } = run;
  const { accountId, concurrency } = config.hostaway;
  const stores = store.stores(lease, runId);
  const earlier = await earlierUse(store, config, context);
  using hostaway = openHostaway(config.hostaway, context.clock, { earlier });
  log.info("run started", { database: store.endpoint.description, dry_run: wishes.dryRun });
  const { show: onProgress, close } = output.progress;
  const deps = {
    runId,
    accountId,
    source: hostaway.source,
    stores,
    lease,
    clock: context.clock,
    concurrency,
    sweepDays: config.sync.sweepDays,
    acceptDeletions: wishes.acceptDeletions,
    thresholds: config.sync.thresholds,
    apiCounts: hostaway.counts,
    onProgress,
  };
  return await (wishes.replay
    ? replayAccount(deps, wishes.replay, context.signal)
    : syncAccount(deps, context.signal)
  ).finally(close);
}

/** P8: Hostaway's window does not know that the run before this one was another process. */
export async function earlierUse(
  { db }: StoreConnection,
  { hostaway }: Config,
  { clock }: Context,
): Promise<EarlierUse | null> {
  const [last] = await latestRuns(db, hostaway.accountId, 1);
  if (!last) return null;
  return { requests: last.api.calls, endedMsAgo: clock.now().getTime() - last.finished_at.getTime() };
}
