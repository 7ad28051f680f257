import { type Failure, POLICY, remedyOf } from "./failure.ts";
import type { ItemCounts, Ledger } from "./ledger.ts";

/** `partial`: some items failed, the rest is stored. `failed`: the run ended early. */
export type RunStatus = "succeeded" | "partial" | "failed";

/** What calls were made; each try counts. */
export interface ApiCounts {
  readonly calls: number;
  readonly retries: number;
  readonly rate_limited: number;
  readonly by_endpoint: Readonly<Record<string, number>>;
}

export interface ConversationCounts extends ItemCounts {
  readonly scanned: number;
  readonly changed: number;
  readonly swept: number;
  readonly refreshed: number;
  readonly gone: number;
  readonly deleted: number;
  readonly held_back: number;
}

export interface MessageCounts extends ItemCounts {
  readonly deleted: number;
  readonly held_back: number;
}

/** Something a person should know or decide, though nothing failed. */
export interface Warning {
  readonly type: "deletions_held_back";
  readonly message: string;
  readonly remediation: string;
}

export interface ReportedFailure extends Failure {
  readonly remediation: string;
  readonly retryable: boolean;
}

export interface RunReport {
  readonly run_id: string;
  readonly account_id: string;
  /** `replay`: only what had failed before was tried. `backfill`: what was asked for was read again. */
  readonly mode: "incremental" | "replay" | "backfill";
  /** True when nothing was written: the counts say what would have been. */
  readonly dry_run: boolean;
  readonly status: RunStatus;
  readonly started_at: Date;
  readonly finished_at: Date;
  readonly duration_ms: number;
  readonly summary: {
    readonly attempted: number;
    readonly succeeded: number;
    readonly failed: number;
    /** Null when nothing was attempted. */
    readonly success_rate: number | null;
  };
  readonly items: {
    readonly listings: Readonly<ItemCounts>;
    readonly reservations: Readonly<ItemCounts>;
    readonly conversations: Readonly<ConversationCounts>;
    readonly messages: Readonly<MessageCounts>;
  };
  readonly api: ApiCounts & {
    /** What reading everything would have taken at least; null when the run did not see the whole list. */
    readonly full_sync_calls: number | null;
  };
  /** Items that failed, in this run or before, and have not succeeded since; null when it could not be told. */
  readonly open_failures: number | null;
  readonly warnings: readonly Warning[];
  /** What ended the run early, first, then the items that failed; the first thousand of them. */
  readonly failures: readonly ReportedFailure[];
}

export interface RunFacts {
  readonly runId: string;
  readonly accountId: string;
  readonly mode: RunReport["mode"];
  readonly dryRun: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly api: ApiCounts;
  readonly fullSyncCalls: number | null;
  readonly openFailures: number | null;
}

export const EXIT_CODE: Readonly<Record<RunStatus, number>> = { succeeded: 0, failed: 1, partial: 3 };

/** Everything here is derived from the ledger; nothing is counted twice. */
export function toReport(ledger: Ledger, facts: RunFacts): RunReport {
  const items = itemsOf(ledger);
  const sum = (key: "attempted" | "succeeded" | "failed") =>
    Object.values(items).reduce((total, counts) => total + counts[key], 0);
  const attempted = sum("attempted");
  const succeeded = sum("succeeded");
  return {
    run_id: facts.runId,
    account_id: facts.accountId,
    mode: facts.mode,
    dry_run: facts.dryRun,
    status: statusOf(ledger, sum("failed"), facts),
    started_at: facts.startedAt,
    finished_at: facts.finishedAt,
    duration_ms: facts.finishedAt.getTime() - facts.startedAt.getTime(),
    summary: {
      attempted,
      succeeded,
      failed: sum("failed"),
      success_rate: attempted === 0 ? null : Number((succeeded / attempted).toFixed(4)),
    },
    items,
    api: { ...facts.api, full_sync_calls: facts.fullSyncCalls },
    open_failures: facts.openFailures,
    warnings: warningsOf(ledger),
    failures: [...(ledger.endedBy ? [ledger.endedBy] : []), ...ledger.failures].map((failure) => ({
      ...failure,
      remediation: remedyOf(failure, facts.mode === "backfill"),
      retryable: POLICY[failure.error_type].retry,
    })),
  };
}

function itemsOf(ledger: Ledger): RunReport["items"] {
  const seen = ledger.observations;
  const { scanned, changed, swept, refreshed, gone } = seen;
  return {
    listings: ledger.counts("listing"),
    reservations: ledger.counts("reservation"),
    conversations: {
      ...ledger.counts("conversation"),
      ...{ scanned, changed, swept, refreshed, gone },
      deleted: seen.deletedConversations,
      held_back: seen.heldBackConversations,
    },
    messages: {
      ...ledger.counts("message"),
      deleted: seen.deletedMessages,
      held_back: seen.heldBackMessages,
    },
  };
}

function warningsOf({ observations }: Ledger): Warning[] {
  const { heldBackConversations, heldBackMessages } = observations;
  const what = [
    ...(heldBackConversations > 0 ? [`${heldBackConversations} conversations`] : []),
    ...(heldBackMessages > 0 ? [`${heldBackMessages} messages`] : []),
  ];
  if (what.length === 0) return [];
  return [
    {
      type: "deletions_held_back",
      message: `Hostaway no longer shows ${what.join(" and ")}: more than 1 % at once, so nothing was marked as deleted`,
      remediation: "If they were deleted on purpose, run: hostaway-sync sync --accept-deletions",
    },
  ];
}

/** A copy that lacks what failed in an earlier run and is not due yet is not complete (P1). */
function statusOf(ledger: Ledger, failed: number, { mode, openFailures }: RunFacts): RunStatus {
  if (ledger.endedBy) return "failed";
  return failed > 0 || (mode === "incremental" && openFailures !== 0) ? "partial" : "succeeded";
}
