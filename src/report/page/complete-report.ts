import type { RunReport } from "../../domain/run-report.ts";

/** Any field may be missing: earlier versions of this program wrote fewer. */
type Incomplete<T> = T extends Date | readonly unknown[] | string | number | boolean | null
  ? T
  : { readonly [K in keyof T]?: Incomplete<T[K]> };

const NO_ITEMS = { attempted: 0, succeeded: 0, failed: 0, inserted: 0, updated: 0, unchanged: 0 };
const NOT_SEEN = { swept: 0, refreshed: 0, gone: 0, deleted: 0, held_back: 0 };

/** The report with every field, regardless of the version that wrote it. */
export function completeReport(report: RunReport): RunReport {
  const stored: Incomplete<RunReport> = report;
  const { items = {}, api = {} } = stored;
  const conversations = { ...NO_ITEMS, ...items.conversations };
  // Before there was a scan, each run read every conversation.
  const { attempted } = conversations;
  return {
    ...report,
    mode: stored.mode ?? "incremental",
    dry_run: stored.dry_run ?? false,
    duration_ms: stored.duration_ms ?? 0,
    summary: { attempted: 0, succeeded: 0, failed: 0, success_rate: null, ...stored.summary },
    items: {
      listings: { ...NO_ITEMS, ...items.listings },
      reservations: { ...NO_ITEMS, ...items.reservations },
      conversations: { ...NOT_SEEN, scanned: attempted, changed: attempted, ...conversations },
      messages: { deleted: 0, held_back: 0, ...NO_ITEMS, ...items.messages },
    },
    api: {
      calls: 0,
      retries: 0,
      rate_limited: 0,
      full_sync_calls: null,
      ...api,
      by_endpoint: { ...report.api?.by_endpoint },
    },
    open_failures: stored.open_failures ?? null,
    warnings: stored.warnings ?? [],
    failures: stored.failures ?? [],
  };
}
