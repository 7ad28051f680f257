import type { App } from "../app.ts";
import type { MailConfig } from "../config.ts";
import type { RunReport } from "../domain/run-report.ts";

export type MailEvent =
  | { readonly kind: "report mailed"; readonly recipients: number }
  | { readonly kind: "mail failed"; readonly reason: string };

/**
 * Mails the report where that is configured, and wanted for a run that went like this; null when not. A mail server
 * that is down changes nothing about how the run went.
 */
export async function mailReport(
  { config: { mail } }: App,
  report: RunReport,
  signal: AbortSignal,
): Promise<MailEvent | null> {
  // The person who stopped the run knows; and the next run goes on from there.
  if (signal.aborted || !mail || !isMailWanted(report, mail)) return null;
  const [{ sendReport }, { MailError }] = await Promise.all([
    import("./send-mail.ts"),
    import("./mail-error.ts"),
  ]);
  try {
    await sendReport(report, mail);
    return { kind: "report mailed", recipients: mail.to.length };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return { kind: "mail failed", reason: error.message };
  }
}

function isMailWanted({ dry_run, status, warnings }: RunReport, { when }: MailConfig): boolean {
  if (dry_run) return false;
  return when === "always" || status !== "succeeded" || warnings.length > 0;
}
