import { hostname } from "node:os";
import type { Db } from "mongodb";
import type { Clock } from "./clock.ts";
import type { HostawayConfig, MongoConfig } from "./config.ts";
import type { Lease, Leases } from "./domain/lease.ts";
import type { ApiCounts } from "./domain/run-report.ts";
import { type MongoEndpoint, openMongo, type ProviderProgress } from "./embedded/provider.ts";
import { createTokenProvider } from "./hostaway/auth.ts";
import { createHostawayClient, type HostawayClient } from "./hostaway/client.ts";
import { createSource } from "./hostaway/source.ts";
import { createCallCounter } from "./http/call-counter.ts";
import { createHttpClient } from "./http/http-client.ts";
import { createRateLimiter, type EarlierUse } from "./http/rate-limiter.ts";
import type { Attempt } from "./http/request.ts";
import { fiveTriesInQuarterOfAMinute, type RetryPolicy } from "./http/retry-policy.ts";
import { createServerClock } from "./http/server-clock.ts";
import { createLeases } from "./store/lease.ts";
import { connectMongo } from "./store/mongo.ts";
import { createStores } from "./store/stores.ts";
import { dryRunContext } from "./store/write-context.ts";
import type { Source, Stores } from "./sync/ports.ts";

/** The program's name and version as Hostaway and MongoDB see them. */
export const USER_AGENT = "hostaway-sync";

/** A connection to Hostaway, with what it cost so far. */
export interface HostawayConnection extends Disposable {
  readonly client: HostawayClient;
  readonly source: Source;
  counts(): ApiCounts;
}

export interface HostawayOverrides {
  readonly retry?: RetryPolicy;
  readonly onAttempt?: (attempt: Attempt) => void;
  /** What the last run used of the rate limit. */
  readonly earlier?: EarlierUse | null;
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
    limiter: createRateLimiter({ ...config.rateLimit, clock, earlier: overrides.earlier ?? null }),
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

/** A connected database and what it is. */
export interface StoreConnection extends AsyncDisposable {
  readonly db: Db;
  readonly leases: Leases;
  /** The collections, to be written under this lease; without one nothing is written. */
  stores(lease: Lease | null, runId: string): Stores;
  readonly endpoint: Pick<MongoEndpoint, "kind" | "description">;
}

export interface StoreOptions {
  readonly clock: Clock;
  /** How many commands may be under way at a time. */
  readonly connections: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ProviderProgress) => void;
  /** Whether the URI may send questions to secondaries; not for what a run decides by. */
  readonly reads?: "primary" | "as configured";
}

/** Finds or starts a MongoDB and connects to it. Throws `StoreUnavailableError` or `MongoUnavailableError`. */
export async function openStore(config: MongoConfig, options: StoreOptions): Promise<StoreConnection> {
  const { clock, connections, signal, onProgress } = options;
  const uri = config.uri?.reveal() ?? null;
  const endpoint = await openMongo({ uri, dataDir: config.dataDir, signal, onProgress });
  try {
    const mongo = await connectMongo(endpoint.uri, connections, { reads: options.reads ?? "as configured" });
    const db = mongo.db(config.database);
    return {
      db,
      leases: createLeases(db, clock, { host: hostname(), pid: process.pid }),
      stores: (lease, runId) =>
        createStores(db, lease ? { clock, fence: lease, dryRun: false, runId } : dryRunContext(clock)),
      endpoint,
      async [Symbol.asyncDispose]() {
        await mongo.close();
        await endpoint[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await endpoint[Symbol.asyncDispose]();
    throw error;
  }
}
