import { type Document, onDemand } from "bson";
import type pg from "pg";
import { CommandError } from "./errors.ts";
import { toBson } from "./wire.ts";

/** Numbers are there when the plan was carried out; rows are the mean of its loops. */
interface PostgresPlan {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Heap Fetches"?: number;
  readonly Plans?: readonly PostgresPlan[];
}

interface ExplainedPlan {
  readonly Plan: PostgresPlan;
  readonly "Planning Time"?: number;
  readonly "Execution Time"?: number;
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
  const carriesOut = head["verbosity"] !== "queryPlanner";
  const options = carriesOut ? ", ANALYZE" : "";
  const sql = `EXPLAIN (FORMAT JSON${options}) SELECT document FROM documentdb_api_catalog.${sqlFunction}($1,$2)`;
  const result = await pool.query(sql, [database, embeddedDocument(spec, "explain")]);
  const answer: ExplainedPlan = result.rows[0]["QUERY PLAN"][0];
  const winningPlan = asMongoPlan(answer.Plan, await indexNames(pool));
  return toBson({
    queryPlanner: { winningPlan },
    ...(carriesOut && { executionStats: executionStats(answer) }),
    postgresPlan: answer.Plan,
    ok: 1,
  });
}

/** The bytes of a document that is the value of a field. */
function embeddedDocument(document: Buffer, field: string): Buffer {
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

/**
 * The cost of executing the plan, in MongoDB's terms. A key counts when an index hands it over, whether or
 * not its document is wanted then: keys that the index skips internally, such as a phrase's words one by one,
 * are counted by MongoDB and not here.
 */
function executionStats({ Plan: plan, ...times }: ExplainedPlan): Document {
  const nodes = nodesOf(plan);
  return {
    executionSuccess: true,
    nReturned: Math.round(lookedAt(plan, "Actual Rows")),
    executionTimeMillis: Math.round((times["Planning Time"] ?? 0) + (times["Execution Time"] ?? 0)),
    totalKeysExamined: sum(nodes.map(keysExamined)),
    totalDocsExamined: sum(nodes.map(docsExamined)),
  };
}

function nodesOf(plan: PostgresPlan): PostgresPlan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** A bitmap takes all that the index has before a document is looked at, so that no limit reaches it. */
function keysExamined(plan: PostgresPlan): number {
  return /Index.* Scan/.test(plan["Node Type"]) ? lookedAt(plan, ...ROWS) : 0;
}

function docsExamined(plan: PostgresPlan): number {
  switch (plan["Node Type"]) {
    case "Index Scan":
    case "Bitmap Heap Scan":
    case "Seq Scan":
      return lookedAt(plan, ...ROWS);
    case "Index Only Scan":
      return plan["Heap Fetches"] ?? 0;
    default:
      return 0;
  }
}

type RowCount = "Actual Rows" | "Rows Removed by Filter" | "Rows Removed by Index Recheck";
/** The rows that a node returns, and the rows that it filters out. */
const ROWS: readonly RowCount[] = ["Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"];

function lookedAt(plan: PostgresPlan, ...counts: readonly RowCount[]): number {
  return sum(counts.map((count) => plan[count] ?? 0)) * (plan["Actual Loops"] ?? 0);
}

function sum(numbers: readonly number[]): number {
  return Math.round(numbers.reduce((total, number) => total + number, 0));
}
