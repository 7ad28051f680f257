import { type Failure, type ItemType, POLICY } from "./failure.ts";
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

export interface ReportedFailure extends Failure {
  readonly failure_id: string;
  readonly remediation: string;
  readonly retryable: boolean;
}

export interface RunReport {
  readonly run_id: string;
  readonly account_id: string;
  readonly mode: "full";
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
  readonly items: Readonly<Record<`${ItemType}s`, Readonly<ItemCounts>>>;
  readonly api: ApiCounts;
  /** What ended the run early, first, then the items that failed; the first thousand of them. */
  readonly failures: readonly ReportedFailure[];
}

export interface RunFacts {
  readonly runId: string;
  readonly accountId: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly api: ApiCounts;
}

export const EXIT_CODE: Readonly<Record<RunStatus, number>> = { succeeded: 0, failed: 1, partial: 3 };

/** Everything here is derived from the ledger; nothing is counted twice. */
export function toReport(ledger: Ledger, facts: RunFacts): RunReport {
  const items = {
    listings: ledger.counts("listing"),
    reservations: ledger.counts("reservation"),
    conversations: ledger.counts("conversation"),
    messages: ledger.counts("message"),
  };
  const sum = (key: "attempted" | "succeeded" | "failed") =>
    Object.values(items).reduce((total, counts) => total + counts[key], 0);
  const attempted = sum("attempted");
  const succeeded = sum("succeeded");
  return {
    run_id: facts.runId,
    account_id: facts.accountId,
    mode: "full",
    status: statusOf(ledger, sum("failed")),
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
    api: facts.api,
    failures: [...(ledger.endedBy ? [ledger.endedBy] : []), ...ledger.failures].map((failure, index) => ({
      ...failure,
      failure_id: `${facts.runId}-${index + 1}`,
      remediation: POLICY[failure.error_type].remedy,
      retryable: POLICY[failure.error_type].retry,
    })),
  };
}

function statusOf(ledger: Ledger, failed: number): RunStatus {
  if (ledger.endedBy) return "failed";
  return failed > 0 ? "partial" : "succeeded";
}
