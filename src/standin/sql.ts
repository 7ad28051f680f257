import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** Enough for every client and every open cursor; PostgreSQL is started with room for more. */
const MAX_CONNECTIONS = 120;
/** So long PostgreSQL is waited for while it puts its data in order after a crash. */
const RECOVERY_LIMIT_MS = 20_000;
const RECOVERY_PAUSE_MS = 50;
/** "The database system is starting up", "is in recovery mode", "is shutting down". */
const CANNOT_CONNECT_NOW = "57P03";
const PREFIX = "BSONHEX";

/** BSON comes out of PostgreSQL as text: a marker and hexadecimal digits. */
const types: pg.CustomTypesConfig = {
  getTypeParser: () => (value: string | Buffer) =>
    typeof value === "string" && value.startsWith(PREFIX)
      ? Buffer.from(value.slice(PREFIX.length), "hex")
      : value,
};

export type Value = string | Buffer | null;
export type SqlRow = readonly Value[];
export type SqlParameter = string | number | Buffer | null;

export function createPool(socketDir: string): pg.Pool {
  const pool = new pg.Pool({
    host: socketDir,
    user: "postgres",
    database: "postgres",
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: 30_000,
    idleTimeoutMillis: 60_000,
  });
  pool.on("error", () => undefined); // an idle connection that broke is replaced at its next use
  pool.on("connect", (client) => client.on("error", () => undefined)); // the query on it has failed already
  return pool;
}

/** A connection, also while PostgreSQL starts again after a crash: nothing was asked yet, so nothing is done twice. */
export async function connectTo(pool: pg.Pool): Promise<pg.PoolClient> {
  const deadline = Date.now() + RECOVERY_LIMIT_MS;
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isRecovering(error) || Date.now() > deadline) throw error;
    }
    await sleep(RECOVERY_PAUSE_MS);
  }
}

function isRecovering(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === CANNOT_CONNECT_NOW;
}

/** The first row of a query. Queries run outside transactions: `$merge` and cursors demand it. */
export async function firstRow(
  pool: pg.Pool,
  text: string,
  values: readonly SqlParameter[],
): Promise<SqlRow> {
  const client = await connectTo(pool);
  try {
    return await firstRowOn(client, text, values);
  } finally {
    client.release();
  }
}

export async function firstRowOn(
  on: pg.PoolClient,
  text: string,
  values: readonly SqlParameter[],
): Promise<SqlRow> {
  const result = await on.query<Value[]>({ text, values: [...values], rowMode: "array", types });
  const row = result.rows[0];
  if (!row) throw new Error("the database gave no answer");
  return row;
}

/** The BSON document in the first column of the first row. */
export async function oneDocument(
  pool: pg.Pool,
  text: string,
  values: readonly SqlParameter[],
): Promise<Buffer> {
  return asDocument((await firstRow(pool, text, values))[0]);
}

export function asDocument(value: Value | undefined): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw new Error("the database gave no document");
}
