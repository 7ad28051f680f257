import { type Db, MongoClient, MongoServerError } from "mongodb";
import { isAccessDenied, isStoreGone, kindOf } from "./errors.ts";

/** MongoDB cannot be reached or does not let us in. The message names the host, never the credentials. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
  readonly reason: string;

  constructor(reason: string, remedy: string) {
    super(`${reason}. ${remedy}`);
    this.reason = reason;
  }
}

/** Long enough for a replica set to elect, short enough to say so within half a minute. */
const SELECTION_TIMEOUT_MS = 15_000;
/** No page takes this long to write; a server that has gone quiet is given up. */
const SOCKET_TIMEOUT_MS = 60_000;

/**
 * Connects and proves that the server answers. Writes are durable when acknowledged (P4), whatever the URI says.
 *
 * @param reads "primary" for a run's decisions: a secondary may lack documents that were just written
 */
export async function connectMongo(
  uri: string,
  connections: number,
  { reads = "as configured" }: { readonly reads?: "primary" | "as configured" } = {},
): Promise<MongoClient> {
  const client = createClient(uri, connections, reads);
  try {
    await client.connect();
    await client.db("admin").command({ ping: 1 });
    return client;
  } catch (error) {
    await client.close().catch(() => undefined);
    const reason = `${whyNot(error)} at ${hostsOf(client)}`;
    throw new StoreUnavailableError(reason, `Check MONGODB_URI and that MongoDB runs.${hintFor(client)}`);
  }
}

/** For connections that fail although the server runs. */
function hintFor({ options }: MongoClient): string {
  if (options.srvHost) return " On Atlas: is this machine on the cluster's IP access list?";
  return options.replicaSet ? " A replica set in Docker may need directConnection=true." : "";
}

function createClient(uri: string, connections: number, reads: "primary" | "as configured"): MongoClient {
  try {
    return new MongoClient(withoutWeakerWrites(uri), {
      appName: "hostaway-sync",
      ...(reads === "primary" && { readPreference: "primary" }),
      writeConcern: { w: "majority", journal: true },
      maxPoolSize: connections,
      ignoreUndefined: true,
      ...unlessNamedIn(uri, {
        serverSelectionTimeoutMS: SELECTION_TIMEOUT_MS,
        connectTimeoutMS: SELECTION_TIMEOUT_MS,
        socketTimeoutMS: SOCKET_TIMEOUT_MS,
      }),
    });
  } catch {
    // The driver's message may quote the URI, and so the password.
    throw new StoreUnavailableError(
      "MONGODB_URI is not a valid MongoDB connection string",
      "Compare it with the one in .env.example.",
    );
  }
}

/** The driver lets options win over the URI; a time limit in the URI is meant. */
function unlessNamedIn(
  uri: string,
  limits: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  // The names of options are the same in any case.
  const named = uri.toLowerCase();
  return Object.fromEntries(
    Object.entries(limits).filter(([name]) => !named.includes(`${name.toLowerCase()}=`)),
  );
}

/** The driver lets `journal=false` in a URI win over its options; then `kill -9` could lose acknowledged writes. */
function withoutWeakerWrites(uri: string): string {
  const [address = "", query] = uri.split("?", 2);
  if (query === undefined) return uri;
  const kept = query.split("&").filter((one) => !/^(?:journal|j|w|wtimeoutms)=/i.test(one));
  return kept.length > 0 ? `${address}?${kept.join("&")}` : address;
}

function whyNot(error: unknown): string {
  if (isAccessDenied(error)) return "MongoDB refuses the user or password";
  // A name that DNS does not know is no error of MongoDB's: the driver hands it on as it came.
  return error instanceof MongoServerError && !isStoreGone(error)
    ? `MongoDB answers with an error (${kindOf(error)})`
    : "MongoDB does not answer";
}

function hostsOf({ options }: MongoClient): string {
  return options.srvHost ?? options.hosts.map((host) => host.toString()).join(", ");
}

/** The oldest supported server: the views and the queries of the analysts' page need its features. */
export const OLDEST_SERVER = 6;

/** The rights that this program needs and its user lacks; null where the server does not say. */
export async function readMissingRights(db: Db): Promise<readonly string[] | null> {
  try {
    const status = await db.command({ connectionStatus: 1, showPrivileges: true });
    const privileges = status["authInfo"]?.["authenticatedUserPrivileges"];
    const users = status["authInfo"]?.["authenticatedUsers"];
    if (!Array.isArray(users)) return null;
    if (users.length === 0) return []; // a server without users lets everybody do everything
    if (!Array.isArray(privileges)) return null;
    const actions = new Set<string>(
      privileges
        .filter(({ resource }) => covers(resource, db.databaseName))
        .flatMap((privilege) => privilege["actions"] ?? []),
    );
    if (actions.has("anyAction")) return [];
    return NEEDED.filter((action) => !actions.has(action));
  } catch {
    return null;
  }
}

const NEEDED = ["find", "insert", "update", "remove", "createCollection", "createIndex", "collMod"] as const;

function covers(resource: unknown, database: string): boolean {
  if (typeof resource !== "object" || resource === null) return false;
  const { db, collection, anyResource } = resource as Record<string, unknown>;
  return (
    anyResource === true ||
    ((db === database || db === "") && (collection === "" || collection === undefined))
  );
}

export interface ServerFacts {
  readonly version: string;
  /** The server's clock. */
  readonly now: Date;
}

export async function readServerFacts(db: Db): Promise<ServerFacts> {
  const [hello, build] = await Promise.all([db.command({ hello: 1 }), db.command({ buildInfo: 1 })]);
  return { version: String(build["version"]), now: new Date(hello["localTime"]) };
}
