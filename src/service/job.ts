import type { Selection } from "../domain/sync-state.ts";
import type { LetterFilter } from "../sync/ports.ts";

export type { Selection } from "../domain/sync-state.ts";
export type { LetterFilter } from "../sync/ports.ts";

/** Bring the copy up to date. */
export interface NightlyJob {
  readonly kind: "nightly";
  readonly dryRun: boolean;
  /** Mark missing items as deleted even if suspiciously many disappeared at once. */
  readonly acceptDeletions: boolean;
}

/** Retry items that failed in earlier runs. */
export interface ReplayJob {
  readonly kind: "replay";
  readonly filter: LetterFilter;
}

/** Read a part of the past once more. */
export interface BackfillJob {
  readonly kind: "backfill";
  /** Null: the selection of the interrupted backfill. */
  readonly selection: Selection | null;
  /** Continue the interrupted backfill; a selection beside it must be the same one. */
  readonly resume: boolean;
  readonly dryRun: boolean;
}

/** One run of one account: the unit of work. */
export type Job = NightlyJob | ReplayJob | BackfillJob;

export type JobRefusal =
  | { readonly kind: "nothing to resume" }
  | { readonly kind: "another backfill to resume"; readonly interrupted: Selection }
  | { readonly kind: "no such failures"; readonly ids: readonly string[] };

/** The job asks for something that does not exist. Nothing was done. */
export class JobRefusedError extends Error {
  override readonly name = "JobRefusedError";
  readonly refusal: JobRefusal;

  constructor(refusal: JobRefusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}
