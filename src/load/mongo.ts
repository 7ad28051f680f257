import { type Db, MongoClient } from "mongodb";
import { isAccessDenied, isStoreGone } from "./errors.ts";

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

/** Connects and proves that the server answers. Writes are durable when acknowledged (P4). */
export async function connectMongo(uri: string, connections: number): Promise<MongoClient> {
  const client = createClient(uri, connections);
  try {
    await client.connect();
    await client.db("admin").command({ ping: 1 });
    return client;
  } catch (error) {
    await client.close().catch(() => undefined);
    const reason = `${whyNot(error)} at ${hostsOf(client)}`;
    throw new StoreUnavailableError(reason, "Check MONGODB_URI and that MongoDB runs.");
  }
}

function createClient(uri: string, connections: number): MongoClient {
  try {
    return new MongoClient(uri, {
      appName: "hostaway-sync",
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

/** The driver lets options win over the URI; who names a time limit there means it. */
function unlessNamedIn(
  uri: string,
  limits: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(limits).filter(([name]) => !uri.includes(`${name}=`)));
}

function whyNot(error: unknown): string {
  if (isAccessDenied(error)) return "MongoDB refuses the user or password";
  return isStoreGone(error) ? "MongoDB does not answer" : "MongoDB answers with an error";
}

function hostsOf({ options }: MongoClient): string {
  return options.srvHost ?? options.hosts.map((host) => host.toString()).join(", ");
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
