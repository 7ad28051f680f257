import type { Clock } from "../clock.ts";
import { ItemError } from "../domain/failure.ts";
import { AccountBusyError, type Lease, type LeaseHolder, type Leases } from "../domain/lease.ts";

/** A lease that is handed over to a run that requests it, and acquired again when that run is done. */
export interface PreemptibleLease extends Lease {
  /**
   * Releases the lease, waits until it is free, and acquires it again. No conversation may be under way. Throws
   * `ItemError` when the run is stopped.
   */
  handOver(): Promise<void>;
}

export interface PreemptionOptions {
  readonly leases: Leases;
  readonly accountId: string;
  readonly runId: string;
  readonly clock: Clock;
  /** The rate limit's window: neither run knows the other's latest calls, so each leaves one window free. */
  readonly windowMs: number;
  readonly onWait: (holder: LeaseHolder) => void;
  readonly onHandOver: () => void;
}

const LOOK_EVERY_MS = 5_000;
/** The holder learns of the request within a heartbeat, and finishes the conversations under way. */
const PATIENCE_MS = 3 * 60_000;
const ASK_EVERY_MS = 1_000;

/** For work that can wait: waits for the current holder, and hands the lease over when another run requests it. */
export async function acquirePreemptible(
  handover: PreemptionOptions,
  signal: AbortSignal,
): Promise<PreemptibleLease> {
  const lost = new AbortController();
  let current = await acquire();

  async function acquire(): Promise<Lease> {
    const lease = await acquireWhenFree(handover, signal);
    const lose = () => lost.abort(lease.lost.reason);
    lease.lost.addEventListener("abort", lose, { once: true });
    return lease;
  }

  return {
    get token() {
      return current.token;
    },
    get preemptRequested() {
      return current.preemptRequested;
    },
    lost: lost.signal,
    get recovered() {
      return current.recovered;
    },
    check: () => current.check(),
    async handOver() {
      handover.onHandOver();
      await sleep(handover.windowMs, handover.clock, signal);
      await current[Symbol.asyncDispose]();
      await sleep(LOOK_EVERY_MS, handover.clock, signal);
      current = await acquire();
      await sleep(handover.windowMs, handover.clock, signal);
    },
    [Symbol.asyncDispose]: () => current[Symbol.asyncDispose](),
  };
}

async function acquireWhenFree(handover: PreemptionOptions, signal: AbortSignal): Promise<Lease> {
  const { leases, accountId, runId, clock, onWait } = handover;
  for (let told = false; ; told = true) {
    try {
      return await leases.acquire(accountId, runId, true);
    } catch (error) {
      if (!(error instanceof AccountBusyError)) throw error;
      if (!told) onWait(error.holder);
      await sleep(LOOK_EVERY_MS, clock, signal);
    }
  }
}

/**
 * For a run that cannot wait: requests the lease where its holder is preemptible. Throws `AccountBusyError` when the
 * holder is not, or does not release it in time.
 */
export async function acquireByPreempting(
  { leases, accountId, runId, clock, onWait }: Omit<PreemptionOptions, "windowMs" | "onHandOver">,
  signal: AbortSignal,
): Promise<Lease> {
  const until = clock.monotonic() + PATIENCE_MS;
  for (let told = false; ; told = true) {
    try {
      return await leases.acquire(accountId, runId);
    } catch (error) {
      if (!(error instanceof AccountBusyError) || !error.holder.yields) throw error;
      if (clock.monotonic() >= until) throw error;
      if (!told) onWait(error.holder);
      await leases.requestRelease(accountId, runId);
      await sleep(ASK_EVERY_MS, clock, signal);
    }
  }
}

async function sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => {
    throw new ItemError("interrupted", "stopped while it waited for another run");
  });
}
