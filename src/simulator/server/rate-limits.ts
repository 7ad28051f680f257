/** The number of requests per window, for the account and for each IP address. */
export interface RateLimits {
  readonly windowMs: number;
  readonly perAccount: number;
  readonly perIp: number;
  readonly window: "sliding" | "fixed";
}

export interface LimitReached {
  readonly limit: number;
  readonly waitMs: number;
  readonly applied: "account" | "ip";
}

/** Documented since August 2026, and before that since 2023 (15 per address, 20 per account). */
export const PROFILES = {
  current: { windowMs: 10_000, perAccount: 200, perIp: 200 },
  legacy: { windowMs: 10_000, perAccount: 20, perIp: 15 },
} as const;

/** Documented: each limit has its own counter. Assumed: a refused request does not count. */
export function createRateLimits(limits: RateLimits) {
  const account = createCounter(limits.perAccount, limits);
  const addresses = new Map<string, ReturnType<typeof createCounter>>();
  return function admit(ip: string, now: number): LimitReached | null {
    const address = addresses.get(ip) ?? createCounter(limits.perIp, limits);
    addresses.set(ip, address);
    const waits = { ip: address.wait(now), account: account.wait(now) };
    if (waits.ip === 0 && waits.account === 0) {
      address.take(now);
      account.take(now);
      return null;
    }
    return waits.ip >= waits.account
      ? { applied: "ip", limit: limits.perIp, waitMs: waits.ip }
      : { applied: "account", limit: limits.perAccount, waitMs: waits.account };
  };
}

function createCounter(limit: number, { window, windowMs }: RateLimits) {
  return window === "sliding" ? slidingCounter(limit, windowMs) : fixedCounter(limit, windowMs);
}

function slidingCounter(limit: number, windowMs: number) {
  const taken: number[] = [];
  return {
    /** 0: a request may start now. */
    wait(now: number): number {
      while (taken.length > 0 && now - (taken[0] ?? 0) >= windowMs) taken.shift();
      return taken.length < limit ? 0 : (taken[0] ?? now) + windowMs - now;
    },
    take: (now: number) => void taken.push(now),
  };
}

/** Fixed windows: around the boundary of two of them twice the limit may pass. */
function fixedCounter(limit: number, windowMs: number) {
  let current = -1;
  let count = 0;
  return {
    wait(now: number): number {
      const index = Math.floor(now / windowMs);
      if (index !== current) [current, count] = [index, 0];
      return count < limit ? 0 : (index + 1) * windowMs - now;
    },
    take: () => void count++,
  };
}
