import { type Clock, systemClock } from "../../src/clock.ts";
import { type Environment, readConfig } from "../../src/config.ts";
import {
  type HostawayConnection,
  type HostawayOverrides,
  openHostaway,
} from "../../src/hostaway/connection.ts";
import { fiveTriesAtOnce } from "../../src/http/retry-policy.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";

/** The variables with which the program finds a simulator, as fast as it likes. */
export function environmentFor({ url, accountId, apiKey }: Simulator): Record<string, string> {
  return {
    HOSTAWAY_BASE_URL: url,
    HOSTAWAY_ACCOUNT_ID: accountId,
    HOSTAWAY_API_KEY: apiKey,
    HOSTAWAY_RATE_LIMIT: "100000/1s",
  };
}

/** Real time, but whoever sleeps wakes at once: no token is waited for in its first second. */
export const impatientClock: Clock = {
  ...systemClock,
  sleep: (_ms, signal) => systemClock.sleep(0, signal),
};

/** The real client, pointed at a simulator; retries do not wait. */
export function connectTo(
  simulator: Simulator,
  env: Environment = {},
  clock: Clock = impatientClock,
  overrides: HostawayOverrides = {},
): HostawayConnection {
  const config = readConfig({ ...environmentFor(simulator), ...env });
  return openHostaway(config.hostaway, clock, { retry: fiveTriesAtOnce, ...overrides });
}
