import type { Clock } from "../clock.ts";
import type { HostawayConfig } from "../config.ts";
import type { ApiCounts } from "../domain/run-report.ts";
import { createCallCounter } from "../http/call-counter.ts";
import { createHttpClient } from "../http/http-client.ts";
import { createRateLimiter, type RateLimiter } from "../http/rate-limiter.ts";
import type { Attempt } from "../http/request.ts";
import { fiveTriesInQuarterOfAMinute, type RetryPolicy } from "../http/retry-policy.ts";
import { createServerClock } from "../http/server-clock.ts";
import type { Source } from "../sync/ports.ts";
import { createTokenProvider } from "./auth.ts";
import { createHostawayClient, type HostawayClient } from "./client.ts";
import { createSource } from "./source.ts";

/** The program's name as Hostaway sees it. */
export const USER_AGENT = "hostaway-sync";

/** A connection to Hostaway, with a count of its calls. */
export interface HostawayConnection extends Disposable {
  readonly client: HostawayClient;
  readonly source: Source;
  counts(): ApiCounts;
}

export interface HostawayOverrides {
  readonly retry?: RetryPolicy;
  readonly onAttempt?: (attempt: Attempt) => void;
  /** Shared with others that call for the same account; an own one when not given. */
  readonly limiter?: RateLimiter;
  readonly pageSizes?: Source["pageSizes"];
}

/** Builds the client by hand: limiter, transport, token, endpoints. */
export function openHostaway(
  config: HostawayConfig,
  clock: Clock,
  overrides: HostawayOverrides = {},
): HostawayConnection {
  const counter = createCallCounter();
  const serverClock = createServerClock(clock);
  const http = createHttpClient({
    baseUrl: config.baseUrl,
    timeoutMs: config.timeoutMs,
    limiter: overrides.limiter ?? createRateLimiter({ ...config.rateLimit, clock }),
    windowMs: config.rateLimit.windowMs,
    retry: overrides.retry ?? fiveTriesInQuarterOfAMinute,
    clock,
    userAgent: USER_AGENT,
    onAttempt(attempt) {
      counter.onAttempt(attempt);
      if (attempt.status === 200) serverClock.observe(attempt.serverTime);
      overrides.onAttempt?.(attempt);
    },
  });
  const client = createHostawayClient(http, createTokenProvider(http, config, clock), overrides.pageSizes);
  return {
    client,
    source: createSource(client, config.concurrency, serverClock.now),
    counts: counter.counts,
    [Symbol.dispose]: http.close,
  };
}
