import { deserialize } from "bson";
import type pg from "pg";

const FIRST_AT = 200;

export interface Statistics {
  /** Tells of documents that were written; never throws and is not waited for. */
  written(database: string, collection: string, result: Buffer): void;
}

/**
 * Gives PostgreSQL fresh statistics whenever a collection has doubled. Until a table has any, DocumentDB plans
 * look-ups inside updates so badly that a bulk of upserts is twenty times slower; autovacuum comes too late.
 */
export function createStatistics(pool: pg.Pool): Statistics {
  const state = new Map<string, { since: number; next: number }>();
  return {
    written(database, collection, result) {
      const key = `${database}.${collection}`;
      const counts = state.get(key) ?? { since: 0, next: FIRST_AT };
      counts.since += Number(deserialize(result)["n"] ?? 0);
      state.set(key, counts);
      if (counts.since < counts.next) return;
      state.set(key, { since: 0, next: counts.next * 2 });
      analyze(pool, database, collection).catch(() => undefined);
    },
  };
}

async function analyze(pool: pg.Pool, database: string, collection: string): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    "SELECT collection_id::text AS id FROM documentdb_api_catalog.collections WHERE database_name = $1 AND collection_name = $2",
    [database, collection],
  );
  const id = rows[0]?.id ?? "";
  if (/^\d+$/.test(id)) await pool.query(`ANALYZE documentdb_data.documents_${id}`);
}
