import { type Clock, systemClock } from "../../src/clock.ts";
import { type Environment, readConfig } from "../../src/config.ts";
import type { Lease } from "../../src/domain/lease.ts";
import type { Progress } from "../../src/domain/progress.ts";
import type { RunReport } from "../../src/domain/run-report.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { createLeases } from "../../src/store/lease.ts";
import { createStores } from "../../src/store/stores.ts";
import { dryRunContext } from "../../src/store/write-context.ts";
import type { LetterFilter, Source } from "../../src/sync/ports.ts";
import { replayAccount } from "../../src/sync/replay.ts";
import { syncAccount } from "../../src/sync/sync-account.ts";
import type { TestDatabase } from "./database.ts";
import { connectTo, environmentFor } from "./hostaway.ts";

export interface RunOptions {
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** For the client; one that does not wait when not given. */
  readonly clock?: Clock;
  /** For dates; the machine's when not given. */
  readonly runClock?: Clock;
  readonly dryRun?: boolean;
  readonly acceptDeletions?: boolean;
  readonly pageSizes?: Source["pageSizes"];
  readonly concurrency?: number;
  readonly replay?: LetterFilter;
}

let runs = 0;

/** Reads once more what had failed, the real way. */
export async function replayOnce(
  simulator: Simulator,
  database: Pick<TestDatabase, "db">,
  filter: LetterFilter,
): Promise<RunReport> {
  return await syncOnce(simulator, database, { replay: filter });
}

/** One real run: the real client, the real stores and lease, a simulator and a database. */
export async function syncOnce(
  simulator: Simulator,
  { db }: Pick<TestDatabase, "db">,
  options: RunOptions = {},
): Promise<RunReport> {
  runs += 1;
  const runId = `run-${runs}`;
  if (options.dryRun) return await syncUnder(null, runId, simulator, db, options);
  const clock = options.runClock ?? systemClock;
  await using lease = await createLeases(db, clock, { host: "test", pid: runs }).acquire(
    simulator.accountId,
    runId,
  );
  return await syncUnder(lease, runId, simulator, db, options);
}

async function syncUnder(
  lease: Lease | null,
  runId: string,
  simulator: Simulator,
  db: TestDatabase["db"],
  options: RunOptions,
): Promise<RunReport> {
  const { env = {}, clock, runClock = systemClock, pageSizes, onProgress, concurrency = 8 } = options;
  const config = readConfig({ ...environmentFor(simulator), ...env });
  using hostaway = connectTo(simulator, env, clock, pageSizes ? { pageSizes } : {});
  const context = lease ? { clock: runClock, fence: lease, dryRun: false, runId } : dryRunContext(runClock);
  const deps = {
    runId,
    thresholds: config.sync.thresholds,
    accountId: simulator.accountId,
    source: hostaway.source,
    stores: createStores(db, context),
    lease,
    clock: runClock,
    concurrency,
    sweepDays: config.sync.sweepDays,
    acceptDeletions: options.acceptDeletions ?? false,
    apiCounts: hostaway.counts,
    ...(onProgress && { onProgress }),
  };
  const signal = options.signal ?? new AbortController().signal;
  return await (options.replay ? replayAccount(deps, options.replay, signal) : syncAccount(deps, signal));
}
