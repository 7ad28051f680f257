import type { MailConfig } from "../config.ts";
import { toJson } from "../domain/printable.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { Logger } from "../logger.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { printJson, printLine } from "./command.ts";
import { writeWhole } from "./output-file.ts";
import type { Surroundings } from "./run-once.ts";

/** Where a report goes besides the database, the log and the mail. */
export interface Delivery {
  readonly json: boolean;
  /** A file. */
  readonly report?: string;
}

/** Brings the report to everybody who is to know: file, terminal or program, log, mail. */
export async function deliver(
  report: RunReport,
  { json, report: file }: Delivery,
  { config, context, output }: Surroundings,
): Promise<void> {
  const log = output.journal.child({ run_id: report.run_id, account_id: report.account_id });
  logReport(report, log);
  const unwritten = file ? await writeReport(file, report) : null;
  if (json) printJson(context, report);
  else if (output.interactive) printLine(context, renderRunSummary(report, output.colors));
  // Whoever stopped it knows; and the next run goes on from there.
  const isStopped = context.signal.aborted;
  if (!isStopped && config.mail && isWanted(report, config.mail)) await mail(report, config.mail, output.log);
  if (unwritten) throw unwritten.error;
}

/** A full disk must not keep the report from everybody else; it is told at the end. */
async function writeReport(file: string, report: RunReport): Promise<{ readonly error: unknown } | null> {
  try {
    await writeWhole(file, `${toJson(report, 2)}\n`);
    return null;
  } catch (error) {
    return { error };
  }
}

/** For those who read the log. */
function logReport(report: RunReport, log: Logger): void {
  for (const warning of report.warnings) log.warn(warning.message, { ...warning });
  for (const failure of report.failures) log.warn("item failed", { ...failure });
  log[report.status === "failed" ? "error" : "info"]("run finished", { report });
}

function isWanted({ dry_run, status, warnings }: RunReport, { when }: MailConfig): boolean {
  if (dry_run) return false;
  return when === "always" || status !== "succeeded" || warnings.length > 0;
}

/** A mail server that is down is for the morning; how the run went does not depend on it. */
async function mail(report: RunReport, settings: MailConfig, log: Logger): Promise<void> {
  const { MailError, sendReport } = await import("../report/mail.ts");
  try {
    await sendReport(report, settings);
    log.info("report mailed", { run_id: report.run_id, recipients: settings.to.length });
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    log.warn("the report could not be mailed", { run_id: report.run_id, reason: error.message });
  }
}
