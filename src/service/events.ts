import type { LeaseHolder } from "../domain/lease.ts";
import type { Progress } from "../domain/progress.ts";
import type { Selection } from "../domain/sync-state.ts";
import type { ViewConflict, ViewFailure } from "../store/ensure-views.ts";
import type { IndexConflict } from "../store/schema.ts";
import type { BackfillCost } from "../sync/backfill-cost.ts";

export type { BackfillCost } from "../sync/backfill-cost.ts";

/** A step of the one-time set-up of an embedded database. */
export interface PreparingEvent {
  readonly kind: "preparing database";
  readonly step: string;
  readonly detail?: string;
}

/** An event of a run, as it happens. */
export type RunEvent =
  | PreparingEvent
  | { readonly kind: "index conflict"; readonly conflict: IndexConflict }
  | { readonly kind: "validators outdated"; readonly collections: readonly string[] }
  | { readonly kind: "view name conflict"; readonly conflict: ViewConflict }
  | { readonly kind: "view cannot be created"; readonly failure: ViewFailure }
  | {
      readonly kind: "backfill planned";
      readonly backfill: string;
      readonly selection: Selection;
      readonly cost: BackfillCost;
    }
  | { readonly kind: "waiting for another run"; readonly holder: LeaseHolder }
  /** The holder is a backfill and will hand over its lease. */
  | { readonly kind: "preemption requested"; readonly holder: LeaseHolder }
  /** This backfill hands over its lease to a run that asked for it, and goes on afterwards. */
  | { readonly kind: "preempted" }
  /** The previous run did not release its lease: it crashed. */
  | { readonly kind: "lease expired"; readonly previous: LeaseHolder }
  | { readonly kind: "run started"; readonly database: string; readonly dryRun: boolean }
  | { readonly kind: "progress"; readonly progress: Progress }
  /** A bug, in the report without its stack. */
  | { readonly kind: "unexpected error"; readonly error: unknown };

export interface RunIdentity {
  readonly runId: string;
  readonly accountId: string;
}

export type RunListener = (event: RunEvent, run: RunIdentity) => void;

/** The caller of a job: it hears of events, and decides about costs. */
export interface JobCaller {
  readonly onEvent?: RunListener;
  /** Whether a backfill of this cost is to begin; not asked when not given. */
  readonly confirm?: (cost: BackfillCost) => Promise<boolean>;
}
