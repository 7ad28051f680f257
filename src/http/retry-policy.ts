/** The number of retries of a failed request, and the waits before them. */
export interface RetryPolicy {
  readonly retries: number;
  /** Upper bound of the wait before retry number 1, 2, …, in milliseconds. */
  longestWaitMs(retry: number): number;
}

/** At most 5 tries; waits up to 1, 2, 4 and 8 s. */
export const fiveTriesInQuarterOfAMinute: RetryPolicy = {
  retries: 4,
  longestWaitMs: (retry) => 1_000 * 2 ** (retry - 1),
};

/** The same number of tries without the waiting: for tests. */
export const fiveTriesAtOnce: RetryPolicy = { retries: 4, longestWaitMs: () => 0 };

/** The longest wait, even if the server asks for more. */
const LONGEST_ASKED_WAIT_MS = 5 * 60_000;
/** Numbers above this are Unix times, not spans. */
const SMALLEST_UNIX_TIME_S = 1_000_000_000;
/** "Fri, 20 Nov 2026 12:00:07 GMT", the other form of `Retry-After`. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

export interface RateLimitHeaders {
  readonly waitMs: number;
  readonly serverLimit: number | null;
}

/**
 * Reads the headers of a 429. `X-RateLimit-Retry-After` names a moment in Unix seconds (documented since
 * August 2026), which several clients read as a span; small numbers are read as a span here, too. The moment
 * is the server's, so it is compared with the response's own `Date`. Without any hint a full window is
 * waited.
 */
export function readRateLimitHeaders(
  headers: Readonly<Record<string, unknown>>,
  now: Date,
  windowMs: number,
): RateLimitHeaders {
  const header = (name: string) => {
    const text = headers[name];
    return text === undefined || text === null || text === "" ? Number.NaN : Number(text);
  };
  const serverNow = Date.parse(String(headers["date"] ?? "")) || now.getTime();
  const asked = header("x-ratelimit-retry-after");
  const spanS = Number.isFinite(asked) ? asked : header("retry-after");
  const date = String(headers["retry-after"] ?? "");
  const waitMs =
    spanS > SMALLEST_UNIX_TIME_S
      ? spanS * 1_000 - serverNow
      : Number.isFinite(spanS)
        ? spanS * 1_000
        : HTTP_DATE.test(date)
          ? Date.parse(date) - serverNow
          : windowMs;
  const limit = header("x-ratelimit-limit");
  return {
    waitMs: Math.min(Math.max(0, waitMs), LONGEST_ASKED_WAIT_MS),
    serverLimit: Number.isInteger(limit) && limit > 0 ? limit : null,
  };
}
