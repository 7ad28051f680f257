import pg from "pg";

/** Enough for every client and every open cursor; PostgreSQL is started with room for more. */
const MAX_CONNECTIONS = 120;
const PREFIX = "BSONHEX";

/** BSON comes out of PostgreSQL as text: a marker and hexadecimal digits. */
const types: pg.CustomTypesConfig = {
  getTypeParser: () => (value: string | Buffer) =>
    typeof value === "string" && value.startsWith(PREFIX)
      ? Buffer.from(value.slice(PREFIX.length), "hex")
      : value,
};

export type Value = string | Buffer | null;
export type Row = readonly Value[];
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
  return pool;
}

/** The first row of a query. Queries run outside transactions: `$merge` and cursors demand it. */
export async function firstRow(
  on: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly SqlParameter[],
): Promise<Row> {
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
