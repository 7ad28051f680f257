import type { Clock } from "../clock.ts";
import { createAdaptiveLimit } from "./adaptive-limit.ts";

export interface RateLimit {
  /** Requests allowed in any window. */
  readonly limit: number;
  readonly windowMs: number;
}

/** Requests of an earlier run, in another process, that still count against the limit. */
export interface EarlierUse {
  readonly requests: number;
  readonly endedMsAgo: number;
}

/** The right to one request; released when the response is there, or when none will come. */
export interface Slot {
  release(): void;
}

export interface RateLimiter {
  /** Resolves when one more request may start. Callers are served in order. */
  acquire(signal?: AbortSignal): Promise<Slot>;
  /**
   * Obeys a 429: nothing starts for `waitMs`, and the limit halves. A `serverLimit` below ours is believed.
   * Several 429s to requests that were under way together halve the limit once.
   */
  slowDown(response: { waitMs: number; serverLimit: number | null }): void;
  /** The limit in force just now. */
  readonly limit: number;
}

interface Waiter {
  readonly grant: (slot: Slot) => void;
}

type LimiterOptions = RateLimit & { clock: Clock; earlier?: EarlierUse | null };

/**
 * A sliding log whose slot frees at response time + window.
 *
 * The server counts a request when it arrives, somewhere between its start here and its response. A slot taken
 * over from an earlier request starts no sooner than that request's response + window, hence arrives no sooner
 * than its arrival + window: on the server's clock no window, sliding or fixed, holds more than
 * `limit`, whatever the latency and without a margin. Counting from the *start* instead would let a slow
 * request and its quick successor fall into one window of the server's.
 */
export function createRateLimiter(options: LimiterOptions): RateLimiter {
  return new SlidingLog(options);
}

class SlidingLog implements RateLimiter {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #limit: ReturnType<typeof createAdaptiveLimit>;
  /** When the slots of answered requests become free; ascending. */
  readonly #freeing: number[];
  readonly #waiters: Waiter[] = [];
  #underWay = 0;
  #blockedUntil = 0;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor({ limit, windowMs, clock, earlier }: LimiterOptions) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#limit = createAdaptiveLimit(limit, windowMs);
    this.#freeing = earlier ? slotsOf(earlier, limit, clock.monotonic() + windowMs) : [];
  }

  get limit(): number {
    return this.#limit.at(this.#clock.monotonic());
  }

  acquire(signal?: AbortSignal): Promise<Slot> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const giveUp = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        grant(slot) {
          signal?.removeEventListener("abort", giveUp);
          resolve(slot);
        },
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiters.push(waiter);
      this.#grantSlots();
    });
  }

  slowDown({ waitMs, serverLimit }: { waitMs: number; serverLimit: number | null }): void {
    const now = this.#clock.monotonic();
    this.#blockedUntil = Math.max(this.#blockedUntil, now + waitMs);
    this.#limit.reduce(now, this.#blockedUntil, serverLimit);
    this.#grantSlots();
  }

  #grantSlots(): void {
    const now = this.#clock.monotonic();
    const limit = this.#limit.at(now);
    while (this.#freeing[0] !== undefined && this.#freeing[0] <= now) this.#freeing.shift();
    while (now >= this.#blockedUntil && this.#taken() < limit) {
      const waiter = this.#waiters.shift();
      if (!waiter) return;
      this.#underWay += 1;
      waiter.grant(this.#createSlot());
    }
    if (this.#waiters.length > 0) this.#wakeLater(now, limit);
  }

  #taken(): number {
    return this.#underWay + this.#freeing.length;
  }

  #wakeLater(now: number, limit: number): void {
    const slotFree = this.#taken() < limit ? now : (this.#freeing[0] ?? Number.POSITIVE_INFINITY);
    const due = Math.min(Math.max(slotFree, this.#blockedUntil), this.#limit.nextStepAt());
    if (due >= this.#wakeAt || due === Number.POSITIVE_INFINITY) return; // a response will wake the waiters
    this.#wakeAt = due;
    void this.#clock.sleep(Math.max(1, Math.ceil(due - now))).then(() => {
      if (this.#wakeAt === due) this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#grantSlots();
    });
  }

  #createSlot(): Slot {
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#underWay -= 1;
        this.#freeing.push(this.#clock.monotonic() + this.#windowMs);
        this.#grantSlots();
      },
    };
  }
}

/** The worst case: all of them were answered at the very end. */
function slotsOf({ requests, endedMsAgo }: EarlierUse, limit: number, windowEnd: number): number[] {
  return Array.from({ length: Math.min(requests, limit) }, () => windowEnd - Math.max(0, endedMsAgo));
}
