import { setMaxListeners } from "node:events";
import { createAccount } from "./account.ts";
import type { FaultRule } from "./faults.ts";
import { checkSimulatorOptions, rateLimits, type SimulatorOptions } from "./options.ts";
import type { Oracle } from "./oracle/oracle.ts";
import { createApi } from "./server/api.ts";
import { createControl } from "./server/control.ts";
import { createFaultEngine } from "./server/fault-engine.ts";
import { startHttpServer } from "./server/http.ts";
import type { Poisoned } from "./server/poison.ts";
import { createRequestListeners, type RequestListener } from "./server/request-listeners.ts";
import { createStats, type Stats } from "./server/stats.ts";
import { createTokens } from "./server/tokens.ts";
import type { Changes } from "./world/changes.ts";

export type { FaultRule } from "./faults.ts";
export { checkSimulatorOptions, type SimulatorOptions, type SimulatorSettings } from "./options.ts";
export type { Oracle, OracleCounts } from "./oracle/oracle.ts";
export type { AdmittedRequest, RequestListener } from "./server/request-listeners.ts";
export type { Stats } from "./server/stats.ts";
export type { Changes } from "./world/changes.ts";

/** A local Hostaway: an account that changes, behind an API that behaves like the real one. */
export interface Simulator extends AsyncDisposable {
  /** The value for `HOSTAWAY_BASE_URL`: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly accountId: string;
  readonly apiKey: string;
  now(): Date;
  /** Plays the world forward: its events happen in order, and are the same in one step or several. */
  advance(ms: number): void;
  /** Changes the account at the world's present moment. */
  readonly world: Changes;
  readonly oracle: Oracle;
  readonly faults: {
    set(rules: readonly FaultRule[]): void;
    clear(): void;
    /** All damaged items so far. */
    poisoned(): readonly Poisoned[];
  };
  /**
   * Calls the listener for each request to `/v1` that the rate limit admits, before its response is made: the
   * response shows the listener's changes. Returns a function that removes the listener.
   */
  onRequest(listener: RequestListener): () => void;
  stats(): Stats;
  resetStats(): void;
  /** Every token given out so far is refused from now on. */
  revokeTokens(): void;
  /** Cuts open connections and stops listening. */
  close(): Promise<void>;
}

const DEFAULT_WINDOW_MS = 10_000;

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = checkSimulatorOptions(options);
  const account = createAccount(settings);
  const { accountId, apiKey } = settings;
  const tokens = createTokens({
    ...settings,
    graceMs: settings.tokenGraceMs,
    lifetimeS: settings.tokenLifetimeS,
  });
  const faults = createFaultEngine(settings.seed, settings.faults);
  const stats = createStats(rateLimits(settings)?.windowMs ?? DEFAULT_WINDOW_MS);
  const listeners = createRequestListeners();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // every waiting response has a listener
  const api = createApi({ account, settings, tokens, faults, stats, listeners, closing: closing.signal });
  const control = createControl({ account, faults, stats, accountId });
  const server = await startHttpServer(
    (request, response, url) => (url.pathname.startsWith("/v1/") ? api : control)(request, response, url),
    settings.host,
    settings.port,
  );

  const close = () => {
    closing.abort();
    return server.close();
  };
  return {
    url: `${server.origin}/v1`,
    accountId,
    apiKey,
    now: account.now,
    advance: account.advance,
    world: account.changes,
    oracle: account.oracle,
    faults: { set: faults.set, clear: faults.clear, poisoned: faults.poisoned },
    onRequest: listeners.add,
    stats: stats.read,
    resetStats: stats.reset,
    revokeTokens: tokens.revokeAll,
    close,
    [Symbol.asyncDispose]: close,
  };
}
