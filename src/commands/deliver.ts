import { constants } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError, type MailConfig } from "../config.ts";
import { toJson } from "../domain/printable.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { Logger } from "../logger.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { printJson, printLine } from "./command.ts";
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
  if (file) await writeFile(file, `${toJson(report, 2)}\n`);
  if (json) printJson(context, report);
  else if (output.interactive) printLine(context, renderRunSummary(report, output.colors));
  // Whoever stopped it knows; and the next run goes on from there.
  if (context.signal.aborted) return;
  if (config.mail && isWanted(report, config.mail)) await mail(report, config.mail, output.log);
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

/** Found out before a long run, not after it. */
export async function requireWritable(option: string, file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK);
  } catch {
    throw new ConfigError(`${option} ${file}: its folder does not exist or cannot be written to.`);
  }
}
