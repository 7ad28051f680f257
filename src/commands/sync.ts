import { constants } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ulid } from "ulid";
import { type HostawayConnection, openHostaway, openStore, type StoreConnection } from "../app.ts";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { EXIT_CODE, type RunReport } from "../domain/run-report.ts";
import type { EarlierUse } from "../http/rate-limiter.ts";
import { ensureSchema } from "../load/schema.ts";
import type { Logger } from "../logger.ts";
import { syncAccount } from "../pipeline/sync-account.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { type AddCommand, type Context, printLine } from "./command.ts";
import { createOutput, type Output } from "./output.ts";

interface SyncOptions {
  readonly report?: string;
  readonly json: boolean;
}

export const add: AddCommand = (program, context, run) => {
  program
    .command("sync")
    .description("copy the account's listings, reservations, conversations and messages into MongoDB")
    .option("--report <file>", "write the run report to a file, as JSON")
    .option("--json", "print the run report as one line of JSON; log lines go to stderr", false)
    .action((options: SyncOptions) => run(sync(options, context)));
};

async function sync(options: SyncOptions, context: Context): Promise<number> {
  const config = readConfig(context.env);
  if (options.report) await requireWritable(options.report);
  const output = createOutput(context, config.log, options.json);
  await using store = await openStore(config.mongo, {
    clock: context.clock,
    connections: config.hostaway.concurrency + 2,
    signal: context.signal,
    onProgress: output.onSetUp,
  });
  const earlier = await earlierUse(store, config, context);
  using hostaway = openHostaway(config.hostaway, context.clock, { earlier });
  const report = await runOnce({ config, context, output, store, hostaway });

  if (options.report) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
  if (options.json) printLine(context, JSON.stringify(report));
  else if (output.interactive) printLine(context, renderRunSummary(report, output.colors));
  return EXIT_CODE[report.status];
}

export interface RunParts {
  readonly config: Config;
  readonly context: Context;
  readonly output: Output;
  readonly store: StoreConnection;
  readonly hostaway: HostawayConnection;
}

/** One run with everything open, told to the log and the progress display. */
export async function runOnce({ config, context, output, store, hostaway }: RunParts): Promise<RunReport> {
  const runId = ulid(context.clock.now().getTime());
  const { accountId, concurrency } = config.hostaway;
  const log = output.log.child({ run_id: runId, account_id: accountId });
  for (const conflict of await ensureSchema(store.db))
    log.warn("an index of ours means something else", { ...conflict });

  log.info("run started", { database: store.endpoint.description });
  const { source } = hostaway;
  const { stores } = store;
  const { show: onProgress, close } = output.progress;
  const deps = {
    accountId,
    source,
    stores,
    clock: context.clock,
    concurrency,
    apiCounts: hostaway.counts,
    onProgress,
  };
  const report = await syncAccount(deps, runId, context.signal).finally(close);
  if (!output.interactive) logReport(report, log);
  return report;
}

/** For those who read the log; a person gets the summary instead. */
function logReport(report: RunReport, log: Logger): void {
  for (const failure of report.failures) log.warn("item failed", { ...failure });
  log[report.status === "failed" ? "error" : "info"]("run finished", { report });
}

/** P8: Hostaway's window does not know that the run before this one was another process. */
async function earlierUse(
  { stores }: StoreConnection,
  { hostaway }: Config,
  { clock }: Context,
): Promise<EarlierUse | null> {
  const last = await stores.runs.last(hostaway.accountId);
  if (!last) return null;
  return { requests: last.calls, endedMsAgo: clock.now().getTime() - last.finishedAt.getTime() };
}

/** Found out before a long run, not after it. */
async function requireWritable(file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK);
  } catch {
    throw new ConfigError(`--report ${file}: its folder does not exist or cannot be written to.`);
  }
}
