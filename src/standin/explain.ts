import { type Document, onDemand } from "bson";
import type pg from "pg";
import { CommandError } from "./errors.ts";
import { toBson } from "./wire.ts";

interface PostgresPlan {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly Plans?: readonly PostgresPlan[];
}

const SQL_FUNCTIONS: Readonly<Record<string, string>> = {
  find: "bson_aggregation_find",
  aggregate: "bson_aggregation_pipeline",
  count: "bson_aggregation_count",
  distinct: "bson_aggregation_distinct",
};

/** PostgreSQL's plan, told with MongoDB's stage names so that one test reads both servers' plans. */
export async function explain(
  pool: pg.Pool,
  database: string,
  head: Document,
  spec: Buffer,
): Promise<Buffer> {
  const explained: Document = head["explain"] ?? {};
  const [name = ""] = Object.keys(explained);
  const sqlFunction = SQL_FUNCTIONS[name];
  if (!sqlFunction) throw new CommandError(59, `cannot explain '${name}'`);
  const options = head["verbosity"] === "queryPlanner" ? "" : ", ANALYZE";
  const sql = `EXPLAIN (FORMAT JSON${options}) SELECT document FROM documentdb_api_catalog.${sqlFunction}($1,$2)`;
  const result = await pool.query(sql, [database, embedded(spec, "explain")]);
  const plan: PostgresPlan = result.rows[0]["QUERY PLAN"][0].Plan;
  const winningPlan = asMongoPlan(plan, await indexNames(pool));
  return toBson({ queryPlanner: { winningPlan }, postgresPlan: plan, ok: 1 });
}

/** The bytes of a document that is the value of a field. */
function embedded(document: Buffer, field: string): Buffer {
  for (const [, nameOffset, nameLength, offset, length] of onDemand.parseToElements(document)) {
    const name = document.toString("utf8", nameOffset, nameOffset + nameLength);
    if (name === field) return document.subarray(offset, offset + length);
  }
  throw new CommandError(9, `'${field}' is missing`);
}

async function indexNames(pool: pg.Pool): Promise<ReadonlyMap<string, string>> {
  const sql =
    "SELECT index_id::text AS id, (index_spec).index_name AS name FROM documentdb_api_catalog.collection_indexes";
  const { rows } = await pool.query<{ id: string; name: string }>(sql);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function asMongoPlan(plan: PostgresPlan, names: ReadonlyMap<string, string>): Document {
  const inputs = (plan.Plans ?? []).map((input) => asMongoPlan(input, names));
  const index = plan["Index Name"];
  return {
    stage: stageOf(plan["Node Type"]),
    ...(index === undefined ? {} : { indexName: names.get(index.match(/\d+$/)?.[0] ?? "") ?? index }),
    ...(inputs.length === 1 ? { inputStage: inputs[0] } : {}),
    ...(inputs.length > 1 ? { inputStages: inputs } : {}),
  };
}

function stageOf(nodeType: string): string {
  if (/Bitmap Heap Scan/.test(nodeType)) return "FETCH";
  if (/Index.* Scan/.test(nodeType)) return "IXSCAN";
  if (/Seq Scan/.test(nodeType)) return "COLLSCAN";
  if (/Sort/.test(nodeType)) return "SORT";
  if (/Limit/.test(nodeType)) return "LIMIT";
  return nodeType.toUpperCase().replaceAll(" ", "_");
}
