import type { Overview } from "./overview.ts";
import type { RunReport } from "./run-report.ts";

/** `fresh`: the last run that was not cut short succeeded, and is not too old. `lacking`: it left something out. */
export type Health = "fresh" | "lacking" | "stale";

export interface NextRun {
  readonly next_run_at: Date;
  readonly time_zone: string;
  /** Whether a scheduler is running on this machine. */
  readonly scheduler: "waiting" | "running" | "not seen";
}

export interface StatusReport extends Overview, NextRun {
  readonly account_id: string;
  readonly health: Health;
  /** When the last successful run ended. */
  readonly last_success_at: Date | null;
  /** The latest first. */
  readonly runs: readonly RunReport[];
  readonly open_failures: number;
}
