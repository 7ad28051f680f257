import { toJson } from "../domain/printable.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { Logger } from "../logger.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { type MailEvent, mailReport } from "../service/mail-report.ts";
import { printJson, printLine } from "./command.ts";
import type { Output } from "./output.ts";
import { writeWhole } from "./output-file.ts";
import type { SessionParts } from "./session.ts";

/** Where a report goes besides the database, the log and the mail. */
export interface Delivery {
  readonly json: boolean;
  /** A file. */
  readonly report?: string;
}

/** Sends the report to file, terminal, log and mail. */
export async function deliver(
  report: RunReport,
  { json, report: file }: Delivery,
  session: SessionParts,
): Promise<void> {
  const { app, context, output } = session;
  const unwritten = file ? await writeReport(file, report) : null;
  if (json) printJson(context, report);
  printReport(report, session);
  const mail = await mailReport(app, report, context.signal);
  if (mail) logMail(mail, report.run_id, output);
  if (unwritten) throw unwritten.error;
}

/** To the log, and to a person as a table. */
export function printReport(report: RunReport, { context, output }: SessionParts): void {
  logReport(report, output.fileLog.child({ run_id: report.run_id, account_id: report.account_id }));
  if (output.interactive) printLine(context, renderRunSummary(report, output.colors));
}

/** A full disk must not keep the report from its other readers: the error is thrown after they have it. */
async function writeReport(file: string, report: RunReport): Promise<{ readonly error: unknown } | null> {
  try {
    await writeWhole(file, `${toJson(report, 2)}\n`);
    return null;
  } catch (error) {
    return { error };
  }
}

function logReport(report: RunReport, log: Logger): void {
  for (const warning of report.warnings) log.warn(warning.message, { ...warning });
  for (const failure of report.failures) log.warn("item failed", { ...failure });
  log[report.status === "failed" ? "error" : "info"]("run finished", { report });
}

export function logMail({ kind, ...fields }: MailEvent, runId: string, { log }: Output): void {
  log[kind === "mail failed" ? "warn" : "info"](kind, { run_id: runId, ...fields });
}
