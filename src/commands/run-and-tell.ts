import { ulid } from "ulid";
import { ConfigError, readConfig } from "../config.ts";
import { ItemError, toItemError } from "../domain/failure.ts";
import { AccountBusyError } from "../domain/lease.ts";
import { EXIT_CODE, type RunReport } from "../domain/run-report.ts";
import { MongoUnavailableError } from "../embedded/provider.ts";
import { renderBusy } from "../report/busy.ts";
import { StoreUnavailableError } from "../store/mongo.ts";
import { reportWithoutRun } from "../sync/run.ts";
import { type Context, EXIT, printJson, printLine } from "./command.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { createOutput } from "./output.ts";
import { requireWritable } from "./output-file.ts";
import { type RunParts, type RunWishes, runOnce, type Surroundings } from "./run-once.ts";
import { openCommandStore } from "./store.ts";

/** One run from the command line: done, told to whoever asked, and mailed. Returns the exit code. */
export async function runAndTell(
  context: Context,
  delivery: Delivery,
  prepare: (given: { readonly now: Date; readonly dryRunByDefault: boolean }) => Performance,
): Promise<number> {
  const config = readConfig(context.env);
  if (delivery.report !== undefined) await requireWritable("--report", delivery.report);
  await using output = createOutput(context, config.log, delivery.json);
  const surroundings = { config, context, output };
  try {
    const performance = prepare({ now: context.clock.now(), dryRunByDefault: config.sync.dryRun });
    const report = await openAndRun(surroundings, performance);
    if (report === null) return EXIT.ok;
    await deliver(report, delivery, surroundings);
    return performance.exitCodeOf?.(report) ?? EXIT_CODE[report.status];
  } catch (error) {
    if (!(error instanceof AccountBusyError)) throw error;
    tellBusy(error, surroundings, delivery.json);
    return EXIT.busy;
  }
}

/** What kind of run it is, and how it is done. */
export interface Performance {
  readonly mode: RunReport["mode"];
  readonly dryRun: boolean;
  /** Null when a person decided against it. */
  perform(parts: RunParts): Promise<RunReport | null>;
  readonly exitCodeOf?: (report: RunReport) => number;
}

/** A nightly run, or one over what failed before. */
export function plainRun(wishes: RunWishes): Performance {
  return {
    mode: wishes.replay ? "replay" : "incremental",
    dryRun: wishes.dryRun,
    perform: (parts) => runOnce(parts, wishes),
  };
}

/**
 * One run on a database opened for it. Where none can be opened there is a report all the same, though
 * nowhere to store it: somebody waits for the mail. Throws `AccountBusyError`.
 */
export async function openAndRun(
  surroundings: Surroundings,
  { mode, dryRun, perform }: Performance,
): Promise<RunReport | null> {
  const { config, context, output } = surroundings;
  const { clock, signal } = context;
  const startedAt = clock.now();
  let report: RunReport | null = null;
  try {
    const connections = config.hostaway.concurrency + 2;
    await using store = await openCommandStore(config, context, output, connections, "primary");
    report = await perform({ ...surroundings, store });
    return report;
  } catch (error) {
    if (error instanceof AccountBusyError || error instanceof ConfigError) throw error;
    const reason = whyNoRun(error, signal);
    if (reason.type === "unexpected" && reason.remedy === undefined)
      output.log.error("unexpected error", { error });
    return (
      report ??
      reportWithoutRun(reason, {
        runId: ulid(startedAt.getTime()),
        accountId: config.hostaway.accountId,
        mode,
        dryRun,
        startedAt,
        finishedAt: clock.now(),
      })
    );
  }
}

function whyNoRun(error: unknown, signal: AbortSignal): ItemError {
  if (error instanceof StoreUnavailableError) return new ItemError("storage_error", error.reason);
  if (error instanceof MongoUnavailableError)
    return new ItemError("storage_error", error.message.replaceAll(/\s*\n\s*/g, " "));
  return signal.aborted ? new ItemError("interrupted", "stopped before the work began") : toItemError(error);
}

/** To a person in a sentence, to a program as JSON. */
function tellBusy(
  { holder }: AccountBusyError,
  { config, context, output }: Surroundings,
  json: boolean,
): void {
  const { accountId } = config.hostaway;
  if (json) printJson(context, { status: "busy", account_id: accountId, holder });
  else if (output.interactive) printLine(context, renderBusy(accountId, holder, output.colors));
  else output.log.warn("another run is at work on this account", { account_id: accountId, ...holder });
}
