import type { RunReport } from "../../domain/run-report.ts";
import { countOpenBefore } from "../briefing.ts";
import { formatCount } from "../numbers.ts";
import { countOf, errorWords, STATUS_MARK } from "../phrases.ts";

/** Status, account and counts: many readers see no more than the subject. */
export function subjectOf(report: RunReport): string {
  const { status, account_id, dry_run, mode, warnings } = report;
  return [
    `hostaway-sync ${STATUS_MARK[status]} ${status}`,
    `account ${account_id}`,
    ...(dry_run ? ["dry run"] : []),
    ...(mode === "incremental" ? [] : [String(mode)]),
    outcomeOf(report),
    ...(warnings.length > 0 ? [countOf(warnings.length, "warning")] : []),
  ].join(" · ");
}

function outcomeOf(report: RunReport): string {
  const { status, summary, items, failures } = report;
  const { failed, attempted, succeeded } = summary;
  if (status === "partial" && failed > 0) return `${formatCount(failed)} of ${formatCount(attempted)} failed`;
  if (status === "partial") return stillOpen(countOpenBefore(report));
  const { inserted } = items.messages;
  if (status === "succeeded") return inserted > 0 ? countOf(inserted, "new message") : "no new messages";
  const reason = failures.find(({ item_type }) => item_type === "run");
  const stored = succeeded > 0 ? `stopped after ${countOf(succeeded, "item")}` : "nothing stored";
  return reason ? `${errorWords(reason.error_type)}, ${stored}` : stored;
}

function stillOpen(count: number | null): string {
  return count ? `${countOf(count, "earlier failure")} still open` : "earlier failures still open";
}
