import type { ApiCounts } from "../domain/run-report.ts";
import type { Attempt } from "./request.ts";

/** Counts the calls of a client; each try is a call. */
export function createCallCounter(): { onAttempt(attempt: Attempt): void; counts(): ApiCounts } {
  const byEndpoint: Record<string, number> = {};
  let calls = 0;
  let retries = 0;
  let rateLimited = 0;
  return {
    onAttempt({ endpoint, number, status }) {
      calls += 1;
      if (number > 1) retries += 1;
      if (status === 429) rateLimited += 1;
      byEndpoint[endpoint] = (byEndpoint[endpoint] ?? 0) + 1;
    },
    counts: () => ({ calls, retries, rate_limited: rateLimited, by_endpoint: { ...byEndpoint } }),
  };
}
