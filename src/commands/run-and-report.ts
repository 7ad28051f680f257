import { ConfigError, readConfig, type SyncConfig } from "../config.ts";
import { AccountBusyError } from "../domain/lease.ts";
import { EXIT_CODE, type RunReport } from "../domain/run-report.ts";
import { renderBusy } from "../report/busy.ts";
import type { JobCaller } from "../service/events.ts";
import { type Job, JobRefusedError } from "../service/job.ts";
import { runJob } from "../service/run-job.ts";
import { type Context, EXIT, printJson, printLine } from "./command.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { requireWritableFile } from "./output-file.ts";
import { runListener } from "./run-events.ts";
import { openSession, type SessionParts } from "./session.ts";

export interface RunOptions {
  readonly job: Job;
  /** Whether to begin at this cost; not asked when not given. */
  readonly confirm?: (session: SessionParts) => JobCaller["confirm"];
  readonly exitCodeOf?: (report: RunReport) => number;
}

/** One run from the command line, with its report delivered. Returns the exit code. */
export async function runAndReport(
  context: Context,
  delivery: Delivery,
  optionsFrom: (given: { readonly now: Date; readonly sync: SyncConfig }) => RunOptions,
): Promise<number> {
  const config = readConfig(context.env);
  if (delivery.report !== undefined) await requireWritableFile("--report", delivery.report);
  await using session = openSession(config, context, delivery.json);
  const options = optionsFrom({ now: context.clock.now(), sync: config.sync });
  try {
    const report = await runWith(options, session);
    if (report === null) return EXIT.ok;
    await deliver(report, delivery, session);
    return options.exitCodeOf?.(report) ?? EXIT_CODE[report.status];
  } catch (error) {
    if (error instanceof JobRefusedError) throw new ConfigError(explainRefusal(error.refusal, options.job));
    if (!(error instanceof AccountBusyError)) throw error;
    reportBusy(error, session, delivery.json);
    return EXIT.busy;
  }
}

async function runWith(
  { job, confirm: confirmIn }: RunOptions,
  session: SessionParts,
): Promise<RunReport | null> {
  const { app, context, output } = session;
  const confirm = confirmIn?.(session);
  const caller = { onEvent: runListener(session), ...(confirm && { confirm }) };
  return await runJob(app, job, context.signal, caller).finally(output.progress.close);
}

/** To a person in a sentence, to a program as JSON. */
export function reportBusy(
  { holder }: Pick<AccountBusyError, "holder">,
  { app, context, output }: SessionParts,
  json = false,
): void {
  const { accountId } = app.config.hostaway;
  if (json) printJson(context, { status: "busy", account_id: accountId, holder });
  if (output.interactive) printLine(context, renderBusy(accountId, holder, output.colors));
  if (!json) output.fileLog.warn("account busy", { account_id: accountId, ...holder });
}
