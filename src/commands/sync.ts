import { constants } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ulid } from "ulid";
import { openHostaway, openStore, type StoreConnection } from "../app.ts";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { EXIT_CODE, type RunReport } from "../domain/run-report.ts";
import type { EarlierUse } from "../http/rate-limiter.ts";
import { ensureSchema } from "../load/schema.ts";
import type { Logger } from "../logger.ts";
import { AccountBusyError, type Lease } from "../pipeline/lease.ts";
import type { LetterFilter, Stores } from "../pipeline/ports.ts";
import { replayAccount } from "../pipeline/replay.ts";
import { syncAccount } from "../pipeline/sync-account.ts";
import { renderBusy } from "../report/busy.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { type AddCommand, type Context, EXIT, printLine } from "./command.ts";
import { createOutput, type Output } from "./output.ts";

interface SyncOptions {
  readonly report?: string;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly acceptDeletions: boolean;
}

export const add: AddCommand = (program, context, run) => {
  program
    .command("sync")
    .description("bring the copy in MongoDB up to date; the first time, copy everything")
    .option("--dry-run", "read and compare, write nothing, and say what would change", false)
    .option("--accept-deletions", "mark as deleted what vanished, even if it is more than 1 % at once", false)
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
  const dryRun = options.dryRun || config.sync.dryRun;
  try {
    const report = await runOnce({ config, context, output, store }, { ...options, dryRun });
    if (options.report) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
    if (options.json) printLine(context, JSON.stringify(report));
    else if (output.interactive) printLine(context, renderRunSummary(report, output.colors));
    return EXIT_CODE[report.status];
  } catch (error) {
    if (!(error instanceof AccountBusyError)) throw error;
    tellBusy(error, config.hostaway.accountId, output, context, options.json);
    return EXIT.busy;
  }
}

export interface RunParts {
  readonly config: Config;
  readonly context: Context;
  readonly output: Output;
  readonly store: StoreConnection;
}

interface RunWishes {
  readonly dryRun: boolean;
  readonly acceptDeletions: boolean;
  /** Only what failed before. */
  readonly replay?: LetterFilter;
}

const PLAIN_RUN: RunWishes = { dryRun: false, acceptDeletions: false };

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
  for (const conflict of await ensureSchema(store.db))
    log.warn("an index of ours means something else", { ...conflict });
  await using lease = await store.leases.acquire(accountId, runId);
  if (lease.recovered)
    log.warn("the run before did not end by itself", { run_before: lease.recovered.run_id });
  return await runUnder(lease, { ...parts, wishes, runId, log });
}

/** The same for what failed before. */
export async function replayOnce(parts: RunParts, filter: LetterFilter): Promise<RunReport> {
  return await runOnce(parts, { ...PLAIN_RUN, replay: filter });
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
  const earlier = await earlierUse(stores, config, context);
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
  const report = await (wishes.replay
    ? replayAccount(deps, wishes.replay, context.signal)
    : syncAccount(deps, context.signal)
  ).finally(close);
  if (!output.interactive) logReport(report, log);
  return report;
}

/** To a person in a sentence, to a program as JSON. */
export function tellBusy(
  { holder }: AccountBusyError,
  accountId: string,
  output: Output,
  context: Context,
  json: boolean,
): void {
  if (json) printLine(context, JSON.stringify({ status: "busy", account_id: accountId, holder }));
  else if (output.interactive) printLine(context, renderBusy(accountId, holder, output.colors));
  else output.log.warn("another run is at work on this account", { account_id: accountId, ...holder });
}

/** For those who read the log; a person gets the summary instead. */
function logReport(report: RunReport, log: Logger): void {
  for (const warning of report.warnings) log.warn(warning.message, { ...warning });
  for (const failure of report.failures) log.warn("item failed", { ...failure });
  log[report.status === "failed" ? "error" : "info"]("run finished", { report });
}

/** P8: Hostaway's window does not know that the run before this one was another process. */
async function earlierUse(
  { runs }: Stores,
  { hostaway }: Config,
  { clock }: Context,
): Promise<EarlierUse | null> {
  const last = await runs.last(hostaway.accountId);
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
