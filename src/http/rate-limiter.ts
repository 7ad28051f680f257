import type { Clock } from "../clock.ts";

export interface RateLimit {
  /** Requests allowed in any window. */
  readonly limit: number;
  readonly windowMs: number;
}

/** Requests that somebody else made in our name before us: a run that ended a moment ago, in another process. */
export interface EarlierUse {
  readonly requests: number;
  readonly endedMsAgo: number;
}

/** The right to one request. Release it when the answer is there, or when none will come. */
export interface Slot {
  release(): void;
}

export interface RateLimiter {
  /** Resolves when one more request may start. Callers are served in order. */
  acquire(signal?: AbortSignal): Promise<Slot>;
  /**
   * Obeys a 429: nothing starts for `waitMs`, and the limit halves. `serverLimit` is believed when it is
   * lower than ours. Several 429s to requests that were under way together halve the limit once.
   */
  slowDown(answer: { waitMs: number; serverLimit: number | null }): void;
  /** The limit in force just now. */
  readonly limit: number;
}

interface Waiter {
  readonly grant: (slot: Slot) => void;
}

/** After a 429 the limit climbs back in this many clean windows from nothing to full. */
const STEPS_TO_FULL = 10;

/**
 * A sliding log whose slot frees at response time + window.
 *
 * The server counts a request when it arrives, somewhere between our start and its answer. A slot taken
 * over from an earlier request starts no sooner than that one's answer + window, hence arrives no sooner
 * than that one's arrival + window: on the server's clock no window, sliding or fixed, holds more than
 * `limit`, whatever the latency and without a margin. Counting from the *start* instead would let a slow
 * request and its quick successor fall into one window of the server's.
 */
export function createRateLimiter({
  limit: full,
  windowMs,
  clock,
  earlier,
}: RateLimit & { clock: Clock; earlier?: EarlierUse | null }): RateLimiter {
  /** When the slots of answered requests become free; ascending. */
  const freeing: number[] = earlier ? slotsOf(earlier, full, clock.monotonic() + windowMs) : [];
  const waiters: Waiter[] = [];
  let underWay = 0;
  let ceiling = full;
  let limit = full;
  let blockedUntil = 0;
  let lastHalved = Number.NEGATIVE_INFINITY;
  let nextStepAt = Number.POSITIVE_INFINITY;
  let wakeAt = Number.POSITIVE_INFINITY;

  function climb(now: number): void {
    while (now >= nextStepAt) {
      limit = Math.min(ceiling, limit + Math.ceil(ceiling / STEPS_TO_FULL));
      nextStepAt = limit < ceiling ? nextStepAt + windowMs : Number.POSITIVE_INFINITY;
    }
  }

  function grantWhatMayStart(): void {
    const now = clock.monotonic();
    climb(now);
    while (freeing[0] !== undefined && freeing[0] <= now) freeing.shift();
    while (now >= blockedUntil && underWay + freeing.length < limit) {
      const waiter = waiters.shift();
      if (!waiter) return;
      underWay += 1;
      waiter.grant(takenSlot());
    }
    if (waiters.length > 0) wakeLater(now);
  }

  function wakeLater(now: number): void {
    const slotFree = underWay + freeing.length < limit ? now : (freeing[0] ?? Number.POSITIVE_INFINITY);
    const due = Math.min(Math.max(slotFree, blockedUntil), nextStepAt);
    if (due >= wakeAt || due === Number.POSITIVE_INFINITY) return; // an answer will wake us
    wakeAt = due;
    void clock.sleep(Math.max(1, Math.ceil(due - now))).then(() => {
      if (wakeAt === due) wakeAt = Number.POSITIVE_INFINITY;
      grantWhatMayStart();
    });
  }

  function takenSlot(): Slot {
    let held = true;
    return {
      release() {
        if (!held) return;
        held = false;
        underWay -= 1;
        freeing.push(clock.monotonic() + windowMs);
        grantWhatMayStart();
      },
    };
  }

  return {
    acquire(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const giveUp = () => {
          waiters.splice(waiters.indexOf(waiter), 1);
          reject(signal?.reason);
        };
        const waiter: Waiter = {
          grant(slot) {
            signal?.removeEventListener("abort", giveUp);
            resolve(slot);
          },
        };
        signal?.addEventListener("abort", giveUp, { once: true });
        waiters.push(waiter);
        grantWhatMayStart();
      });
    },

    slowDown({ waitMs, serverLimit }) {
      const now = clock.monotonic();
      blockedUntil = Math.max(blockedUntil, now + waitMs);
      if (serverLimit !== null && serverLimit >= 1) ceiling = Math.min(full, serverLimit);
      if (now - lastHalved >= windowMs) {
        limit = Math.floor(limit / 2);
        lastHalved = now;
      }
      limit = Math.max(1, Math.min(limit, ceiling));
      nextStepAt = blockedUntil + windowMs;
      grantWhatMayStart();
    },

    get limit() {
      climb(clock.monotonic());
      return limit;
    },
  };
}

/** The worst that can be: all of them were answered at the very end. */
function slotsOf({ requests, endedMsAgo }: EarlierUse, limit: number, windowEnd: number): number[] {
  return Array.from({ length: Math.min(requests, limit) }, () => windowEnd - Math.max(0, endedMsAgo));
}
