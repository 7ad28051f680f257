import { type Clock, systemClock } from "../../src/clock.ts";
import type { Environment } from "../../src/config.ts";
import type { RunReport } from "../../src/domain/run-report.ts";
import { createStores } from "../../src/load/stores.ts";
import type { Progress } from "../../src/pipeline/run.ts";
import { syncAccount } from "../../src/pipeline/sync-account.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import type { TestDatabase } from "./database.ts";
import { connectTo } from "./hostaway.ts";

export interface RunOptions {
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** For the client; one that does not wait when not given. */
  readonly clock?: Clock;
}

let runs = 0;

/** One real run: the real client, the real stores, a simulator and a database. */
export async function syncOnce(
  simulator: Simulator,
  { db }: Pick<TestDatabase, "db">,
  { env = {}, signal = new AbortController().signal, onProgress, clock }: RunOptions = {},
): Promise<RunReport> {
  using hostaway = connectTo(simulator, env, clock);
  runs += 1;
  return await syncAccount(
    {
      accountId: simulator.accountId,
      source: hostaway.source,
      stores: createStores(db, systemClock),
      clock: systemClock,
      concurrency: 8,
      apiCounts: hostaway.counts,
      ...(onProgress && { onProgress }),
    },
    `run-${runs}`,
    signal,
  );
}
