import type { Clock } from "../clock.ts";
import type { Fence } from "../domain/lease.ts";

/** The run that writes, and the lease under which it does. */
export interface WriteContext {
  readonly clock: Clock;
  /** Asked before each write. */
  readonly fence: Fence;
  /** Nothing is written; the counts show what would have changed. */
  readonly dryRun: boolean;
  /** The run that writes. */
  readonly runId: string;
}

const UNFENCED: Fence = { token: 0, check: async () => undefined };

/** For a run without a lease: it reads, and tells what it would write. */
export function dryRunContext(clock: Clock): WriteContext {
  return { clock, fence: UNFENCED, dryRun: true, runId: "" };
}
