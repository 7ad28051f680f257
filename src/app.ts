import type { Db } from "mongodb";
import { type Clock, systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { type HostawayConnection, type HostawayOverrides, openHostaway } from "./hostaway/connection.ts";
import { createRateLimiter, type EarlierUse, type RateLimiter } from "./http/rate-limiter.ts";
import { createSharedResource } from "./shared-resource.ts";
import { openStore, type StoreConnection, type StoreOptions, storeOn } from "./store/connection.ts";

export type { ProviderProgress } from "./embedded/provider.ts";
export type { HostawayConnection } from "./hostaway/connection.ts";
export type { StoreConnection } from "./store/connection.ts";

/** Parts that a test, or another program, replaces. */
export interface AppOverrides extends Omit<HostawayOverrides, "limiter"> {
  readonly clock?: Clock;
  /** For the waits of the Hostaway client, where they are to differ from those of a run. */
  readonly clientClock?: Clock;
  /** Used as it is, and left open. */
  readonly db?: Db;
}

/** The connections of one account. It may live as long as the process; nothing is opened before it is asked for. */
export interface App extends AsyncDisposable {
  readonly config: Config;
  readonly clock: Clock;
  /**
   * The database: shared by users at the same time, closed with the last of them. Throws
   * `StoreUnavailableError` or `MongoUnavailableError`.
   */
  openStore(options?: Partial<StoreOptions>): Promise<StoreConnection>;
  /** Connections that are open at the same time share one rate limiter (P8); each counts its own calls. */
  connectHostaway(options?: HostawayOptions): HostawayConnection;
}

export interface HostawayOptions extends Pick<HostawayOverrides, "onAttempt"> {
  /** Recent use of the rate limit by other processes. */
  readonly earlier?: EarlierUse | null;
}

/** Room for a run's readers, its lease and one query beside them. */
const MORE_CONNECTIONS = 2;

export function createApp(config: Config, overrides: AppOverrides = {}): App {
  const { clock = systemClock, db } = overrides;
  const stores = {
    primary: createSharedResource<StoreConnection>((store) => store[Symbol.asyncDispose]()),
    "as configured": createSharedResource<StoreConnection>((store) => store[Symbol.asyncDispose]()),
  };
  const open = (options: StoreOptions) =>
    db
      ? storeOn(db, clock, { kind: "configured", description: `database ${db.databaseName}` })
      : openStore(config.mongo, clock, config.hostaway.concurrency + MORE_CONNECTIONS, options);

  return {
    config,
    clock,
    async openStore(given = {}) {
      const {
        signal = new AbortController().signal,
        onProgress = () => undefined,
        reads = "as configured",
      } = given;
      const { value, release } = await stores[reads].acquire(() => open({ signal, onProgress, reads }));
      return { ...value, [Symbol.asyncDispose]: release };
    },
    connectHostaway: hostawayConnector(config.hostaway, overrides.clientClock ?? clock, overrides),
    async [Symbol.asyncDispose]() {
      for (const shared of Object.values(stores)) await shared[Symbol.asyncDispose]();
    },
  };
}

function hostawayConnector(
  config: Config["hostaway"],
  clock: Clock,
  { retry, pageSizes, onAttempt: onEach }: AppOverrides,
): App["connectHostaway"] {
  let limiter: RateLimiter | null = null;
  let users = 0;
  return ({ earlier = null, onAttempt } = {}) => {
    limiter ??= createRateLimiter({ ...config.rateLimit, clock, earlier });
    users += 1;
    const connection = openHostaway(config, clock, {
      limiter,
      ...(retry && { retry }),
      ...(pageSizes && { pageSizes }),
      onAttempt(attempt) {
        onEach?.(attempt);
        onAttempt?.(attempt);
      },
    });
    let isOpen = true;
    return {
      ...connection,
      [Symbol.dispose]() {
        if (!isOpen) return;
        isOpen = false;
        users -= 1;
        if (users === 0) limiter = null;
        connection[Symbol.dispose]();
      },
    };
  };
}
