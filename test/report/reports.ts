import { type ErrorType, POLICY } from "../../src/domain/failure.ts";
import type { ReportedFailure, RunReport, Warning } from "../../src/domain/run-report.ts";

/** What a test may say about a run; all else is an ordinary night. */
export interface Night {
  readonly startedAt?: string;
  readonly status?: RunReport["status"];
  readonly dryRun?: boolean;
  readonly durationMs?: number;
  readonly inserted?: number;
  readonly updated?: number;
  readonly unchanged?: number;
  readonly changed?: number;
  readonly swept?: number;
  readonly scanned?: number;
  readonly calls?: number;
  readonly fullSyncCalls?: number | null;
  readonly retries?: number;
  readonly failures?: readonly ReportedFailure[];
  /** When more failed than are named. */
  readonly failed?: number;
  /** As many as failed in this run, when not said. */
  readonly openFailures?: number | null;
  readonly warnings?: readonly Warning[];
  readonly deletedMessages?: number;
}

const STARTED_AT = "2026-11-20T01:00:03Z";

export function reportOf(night: Night = {}): RunReport {
  const { startedAt = STARTED_AT, status = "succeeded", durationMs = 8_240, dryRun = false } = night;
  const { inserted = 41, updated = 6, unchanged = 480, changed = 40, swept = 27, scanned = 787 } = night;
  const { calls = 73, fullSyncCalls = 793, retries = 0, failures = [], warnings = [] } = night;
  const started = new Date(startedAt);
  const failed = night.failed ?? failures.filter(({ item_type }) => item_type !== "run").length;
  const failedMessages = failures.filter(({ item_type }) => item_type === "message").length;
  const read = status === "failed" ? 0 : changed + swept;
  const messages = counts(inserted, updated, status === "failed" ? 0 : unchanged, failedMessages);
  const conversations = counts(Math.min(4, read), Math.max(0, read - 4), 0, failed - failedMessages);
  const listings = counts(0, 0, status === "failed" ? 0 : 13, 0);
  const succeeded = listings.succeeded + conversations.succeeded + messages.succeeded;
  return {
    run_id: `01M7${started.getTime().toString(36).toUpperCase().padStart(22, "0")}`,
    account_id: "10001",
    mode: "incremental",
    dry_run: dryRun,
    status,
    started_at: started,
    finished_at: new Date(started.getTime() + durationMs),
    duration_ms: durationMs,
    summary: {
      attempted: succeeded + failed,
      succeeded,
      failed,
      success_rate: succeeded + failed === 0 ? null : Number((succeeded / (succeeded + failed)).toFixed(4)),
    },
    items: {
      listings,
      reservations: counts(0, 0, 0, 0),
      conversations: {
        ...conversations,
        ...{ scanned, changed, swept, refreshed: 3, gone: 0, deleted: 0, held_back: 0 },
      },
      messages: { ...messages, deleted: night.deletedMessages ?? 0, held_back: 0 },
    },
    api: {
      calls,
      retries,
      rate_limited: 0,
      by_endpoint: { messages: calls - 6, conversations: 2, reservations: 2, listings: 1, accessTokens: 1 },
      full_sync_calls: fullSyncCalls,
    },
    open_failures: night.openFailures === undefined ? failed : night.openFailures,
    warnings,
    failures,
  };
}

function counts(inserted: number, updated: number, unchanged: number, failed: number) {
  const succeeded = inserted + updated + unchanged;
  return { attempted: succeeded + failed, succeeded, failed, inserted, updated, unchanged };
}

export function failureOf(type: ErrorType, overrides: Partial<ReportedFailure> = {}): ReportedFailure {
  return {
    failure_id: "conversation:30001",
    item_type: "conversation",
    item_id: "30001",
    conversation_id: "30001",
    stage: "extract",
    error_type: type,
    message: `${type} while reading`,
    attempts: 1,
    http_status: null,
    remediation: POLICY[type].remedy,
    retryable: POLICY[type].retry,
    ...overrides,
  };
}

/** What ended the run. */
export function endOf(type: ErrorType, message: string): ReportedFailure {
  return failureOf(type, { item_type: "run", item_id: null, conversation_id: null, message });
}

export const HELD_BACK: Warning = {
  type: "deletions_held_back",
  message:
    "Hostaway no longer shows 40 conversations: more than 1 % at once, so nothing was marked as deleted",
  remediation: "If they were deleted on purpose, run: hostaway-sync sync --accept-deletions",
};

const DAY_MS = 24 * 60 * 60 * 1_000;
const NIGHTS = 30;

/** A month as it may be: a first run that copies everything, two nights with failures, one that ended early. */
export function aMonth(): RunReport[] {
  const first = Date.parse("2026-10-22T01:00:00Z");
  return Array.from({ length: NIGHTS }, (_, night) =>
    reportOf({ startedAt: new Date(first + night * DAY_MS + night * 137).toISOString(), ...eventOf(night) }),
  );
}

function eventOf(night: number): Night {
  if (night === 0)
    return {
      inserted: 9_804,
      updated: 0,
      unchanged: 0,
      changed: 760,
      swept: 0,
      scanned: 760,
      durationMs: 96_400,
      calls: 812,
      fullSyncCalls: 766,
    };
  if (night === 11)
    return {
      ...ordinary(night),
      status: "partial",
      retries: 14,
      failures: ["30211", "30212", "30987"].map((id) =>
        failureOf("timeout", {
          item_id: id,
          conversation_id: id,
          attempts: 5,
          message: "no answer within 30 s",
        }),
      ),
    };
  if (night === 19)
    return {
      ...ordinary(night),
      status: "failed",
      inserted: 0,
      updated: 0,
      durationMs: 1_310,
      calls: 2,
      fullSyncCalls: null,
      scanned: 0,
      failures: [endOf("unauthorized", "POST /accessTokens: Hostaway does not accept the credentials")],
    };
  if (night === 29)
    return {
      ...ordinary(night),
      status: "partial",
      failures: lastNight(),
      retries: 4,
      warnings: [HELD_BACK],
    };
  return ordinary(night);
}

function lastNight(): ReportedFailure[] {
  return [
    failureOf("validation_error", {
      item_type: "message",
      item_id: "88120411",
      conversation_id: "30415",
      stage: "transform",
      message: "date: missing",
    }),
    failureOf("validation_error", {
      item_type: "message",
      item_id: "88120419",
      conversation_id: "30415",
      stage: "transform",
      message: "date: missing",
    }),
    failureOf("server_error", {
      item_id: "31002",
      conversation_id: "31002",
      attempts: 5,
      http_status: 502,
      message: "GET /conversations/31002/messages: status 502",
    }),
  ];
}

/** Weekends bring more. */
function ordinary(night: number): Night {
  const wave = Math.round(18 * Math.sin(night * 2.4) + 14 * Math.sin(night * 0.9));
  const inserted = 52 + wave + (night % 7 === 2 ? 34 : 0);
  return {
    inserted,
    updated: Math.max(0, Math.round(inserted / 6) - (night % 4)),
    changed: Math.round(inserted * 0.7),
    calls: 33 + Math.round(inserted * 0.7),
    fullSyncCalls: 766 + night,
    scanned: 760 + night,
    durationMs: 6_400 + inserted * 31 + (night % 5) * 240,
  };
}
