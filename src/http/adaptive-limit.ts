/** After a 429 the limit climbs back in this many clean windows from nothing to full. */
const STEPS_TO_FULL = 10;

/** A limit that falls after a 429 and climbs back step by step. Moments are those of a monotonic clock. */
export interface AdaptiveLimit {
  /** The limit in force at a moment, which is never earlier than the one before. */
  at(now: number): number;
  /** When it climbs next; infinity while it is full. */
  nextStepAt(): number;
  /**
   * Halves the limit, once for all 429s of one window, and keeps it to the server's own limit, where that is lower.
   *
   * @param resumesAt when requests may start again: the first clean window begins then
   */
  reduce(now: number, resumesAt: number, serverLimit: number | null): void;
}

export function createAdaptiveLimit(full: number, windowMs: number): AdaptiveLimit {
  let ceiling = full;
  let limit = full;
  let lastHalved = Number.NEGATIVE_INFINITY;
  let nextStepAt = Number.POSITIVE_INFINITY;

  return {
    at(now) {
      while (now >= nextStepAt) {
        limit = Math.min(ceiling, limit + Math.ceil(ceiling / STEPS_TO_FULL));
        nextStepAt = limit < ceiling ? nextStepAt + windowMs : Number.POSITIVE_INFINITY;
      }
      return limit;
    },
    nextStepAt: () => nextStepAt,
    reduce(now, resumesAt, serverLimit) {
      if (serverLimit !== null && serverLimit >= 1) ceiling = Math.min(full, serverLimit);
      if (now - lastHalved >= windowMs) {
        limit = Math.floor(limit / 2);
        lastHalved = now;
      }
      limit = Math.max(1, Math.min(limit, ceiling));
      nextStepAt = resumesAt + windowMs;
    },
  };
}
