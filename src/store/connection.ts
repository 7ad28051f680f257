import { hostname } from "node:os";
import type { Db } from "mongodb";
import type { Clock } from "../clock.ts";
import type { MongoConfig } from "../config.ts";
import type { Lease, Leases } from "../domain/lease.ts";
import { type MongoEndpoint, openMongo, type ProviderProgress } from "../embedded/provider.ts";
import type { Stores } from "../sync/ports.ts";
import { createLeases } from "./lease.ts";
import { connectMongo } from "./mongo.ts";
import { createStores } from "./stores.ts";
import { dryRunContext } from "./write-context.ts";

/** A connected database, its leases and collections. */
export interface StoreConnection extends AsyncDisposable {
  readonly db: Db;
  readonly leases: Leases;
  /** The collections, to be written under this lease; without one nothing is written. */
  stores(lease: Lease | null, runId: string): Stores;
  readonly endpoint: Pick<MongoEndpoint, "kind" | "description">;
}

export interface StoreOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ProviderProgress) => void;
  /** Whether the URI may send reads to secondaries; a run reads from the primary only. */
  readonly reads: "primary" | "as configured";
}

/**
 * Finds or starts a MongoDB and connects to it. Throws `StoreUnavailableError` or `MongoUnavailableError`.
 *
 * @param connections commands that may be under way at a time
 */
export async function openStore(
  config: MongoConfig,
  clock: Clock,
  connections: number,
  { signal, onProgress, reads }: StoreOptions,
): Promise<StoreConnection> {
  const uri = config.uri?.reveal() ?? null;
  const endpoint = await openMongo({ uri, dataDir: config.dataDir, signal, onProgress });
  try {
    const mongo = await connectMongo(endpoint.uri, connections, { reads });
    return {
      ...storeOn(mongo.db(config.database), clock, endpoint),
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

/** A store on a database that is connected already; closing it is left to its owner. */
export function storeOn(db: Db, clock: Clock, endpoint: StoreConnection["endpoint"]): StoreConnection {
  return {
    db,
    leases: createLeases(db, clock, { host: hostname(), pid: process.pid }),
    stores: (lease, runId) =>
      createStores(db, lease ? { clock, fence: lease, dryRun: false, runId } : dryRunContext(clock)),
    endpoint,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
