import type { Clock } from "../clock.ts";
import type { Fence } from "../domain/lease.ts";

/** In whose name, and whether at all, the stores write. */
export interface Access {
  readonly clock: Clock;
  /** Asked before each write. */
  readonly fence: Fence;
  /** Nothing is written; what would be is told all the same. */
  readonly dryRun: boolean;
  /** The run that writes. */
  readonly runId: string;
}

const UNFENCED: Fence = { token: 0, check: async () => undefined };

/** Access without a lease: for reading only. */
export function readOnly(clock: Clock): Access {
  return { clock, fence: UNFENCED, dryRun: true, runId: "" };
}
