import { createApp } from "../../src/app.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import { type Environment, readConfig } from "../../src/config.ts";
import type { Progress } from "../../src/domain/progress.ts";
import type { RunReport } from "../../src/domain/run-report.ts";
import { fiveTriesAtOnce } from "../../src/http/retry-policy.ts";
import { syncDepsOf } from "../../src/service/job-context.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import type { LetterFilter, Source } from "../../src/sync/ports.ts";
import { replayAccount } from "../../src/sync/replay.ts";
import { syncAccount } from "../../src/sync/sync-account.ts";
import type { TestDatabase } from "./database.ts";
import { environmentFor, impatientClock } from "./hostaway.ts";

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

/** One real run as the app makes it, on a database that is prepared by the test or not at all. */
export async function syncOnce(
  simulator: Simulator,
  { db }: Pick<TestDatabase, "db">,
  options: RunOptions = {},
): Promise<RunReport> {
  runs += 1;
  const runId = `run-${runs}`;
  const { accountId } = simulator;
  await using app = createApp(configFor(simulator, options), {
    db,
    clock: options.runClock ?? systemClock,
    clientClock: options.clock ?? impatientClock,
    retry: fiveTriesAtOnce,
    ...(options.pageSizes && { pageSizes: options.pageSizes }),
  });
  await using store = await app.openStore();
  await using lease = options.dryRun ? null : await store.leases.acquire(accountId, runId);
  using hostaway = app.connectHostaway();
  const { onProgress, acceptDeletions = false } = options;
  const emit = () => undefined;
  const deps = {
    ...syncDepsOf({ app, store, runId, accountId, emit }, hostaway, lease),
    acceptDeletions,
    ...(onProgress && { onProgress }),
  };
  const signal = options.signal ?? new AbortController().signal;
  return await (options.replay ? replayAccount(deps, options.replay, signal) : syncAccount(deps, signal));
}

function configFor(simulator: Simulator, { env = {}, concurrency = 8 }: RunOptions) {
  const config = readConfig({ ...environmentFor(simulator), ...env });
  return { ...config, hostaway: { ...config.hostaway, concurrency } };
}
