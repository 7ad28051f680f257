import { hostname } from "node:os";
import type { Document } from "bson";
import type pg from "pg";
import type { Cluster } from "./cluster.ts";
import { type CursorStore, createCursors } from "./cursors.ts";
import { CommandError, mongoCode, refusalOf } from "./errors.ts";
import { explain } from "./explain.ts";
import { bindNow, bindNowInSequence } from "./now.ts";
import { firstRow, oneDocument } from "./sql.ts";
import { createStatistics, type Statistics } from "./statistics.ts";
import { fromBson, MAX_MESSAGE_BYTES, type Request, toBson, without } from "./wire.ts";

/** The MongoDB release whose behaviour is the nearest. */
export const SERVER_VERSION = "7.0.0";
const VERSION_ARRAY = [7, 0, 0, 0];
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Fields that belong to the wire protocol or to replica sets, and that the database does not know. */
const ENVELOPE = new Set([
  ...["$db", "$readPreference", "lsid", "$clusterTime", "txnNumber", "autocommit", "startTransaction"],
  ...["apiVersion", "apiStrict", "apiDeprecationErrors", "readConcern", "writeConcern", "comment"],
]);
/** The documents of a write are never decoded here. */
const PAYLOAD = new Set(["documents", "updates", "deletes"]);

interface Call {
  readonly database: string;
  /** The command without its payload and with its numbers as BSON objects. */
  readonly head: Document;
  /** The target of the command: the value of its first field. */
  readonly target: string;
  /** The command for the database's own functions. */
  readonly spec: Buffer;
  readonly sequences: ReadonlyMap<string, Buffer>;
  readonly pool: pg.Pool;
  readonly cursors: CursorStore;
  readonly statistics: Statistics;
}

/** The state that all commands of one server share. */
type Services = Pick<Call, "pool" | "cursors" | "statistics">;

type Command = (call: Call) => Promise<Buffer> | Buffer;

/** Runs commands against PostgreSQL. */
export function createDispatch({ pool, isDiskFull }: Pick<Cluster, "pool" | "isDiskFull">): {
  run(request: Request): Promise<Buffer>;
  close(): void;
} {
  const cursors = createCursors(pool);
  const services = { pool, cursors, statistics: createStatistics(pool) };
  return {
    async run(request) {
      try {
        return await runCommand(request, fromBson(without(request.body, PAYLOAD)), services);
      } catch (error) {
        return toBson(refusalOf(error, isDiskFull));
      }
    },
    close: () => cursors.close(),
  };
}

async function runCommand(request: Request, head: Document, services: Services): Promise<Buffer> {
  const [name = "", target] = Object.entries(head)[0] ?? [];
  const command = COMMAND_HANDLERS[name.toLowerCase()];
  if (!command) throw new CommandError(59, `no such command: '${name}'`);
  refuseTransactions(head);
  const stripped = without(request.body, ENVELOPE);
  const spec = name === "insert" ? stripped : bindNow(stripped);
  const database = typeof head["$db"] === "string" ? head["$db"] : "admin";
  return command({
    database,
    head,
    target: String(target),
    spec,
    sequences: request.sequences,
    ...services,
  });
}

/** A standalone mongod says the same. Running it as single commands would be a silent lie. */
function refuseTransactions(head: Document): void {
  if (head["startTransaction"] === undefined && head["autocommit"] === undefined) return;
  throw new CommandError(20, "Transaction numbers are only allowed on a replica set member or mongos");
}

const answer =
  (make: (call: Call) => Document): Command =>
  (call) =>
    toBson({ ...make(call), ok: 1 });

/** A function of the database that takes the database's name and the command. */
const byName =
  (sql: string): Command =>
  ({ pool, database, spec }) =>
    oneDocument(pool, sql, [database, spec]);

const bySpec =
  (sql: string): Command =>
  ({ pool, spec }) =>
    oneDocument(pool, sql, [spec]);

const withCursor =
  (sqlFunction: string): Command =>
  ({ cursors, database, spec }) =>
    cursors.open(sqlFunction, database, spec);

function write(sqlFunction: string, payload: string): Command {
  const sql = `SELECT p_result FROM documentdb_api.${sqlFunction}($1,$2,$3,NULL)`;
  return async ({ pool, database, target, spec, sequences, statistics }) => {
    const documents = sequences.get(payload) ?? null;
    const bound = documents && payload !== "documents" ? bindNowInSequence(documents) : documents;
    const result = await oneDocument(pool, sql, [database, spec, bound]);
    statistics.written(database, target, result);
    return withMongoCodes(result);
  };
}

/** Write results carry packed SQLSTATEs where MongoDB's error codes belong. */
function withMongoCodes(result: Buffer): Buffer {
  if (!result.includes("writeErrors")) return result;
  const document = fromBson(result);
  const errors: Document[] = document["writeErrors"] ?? [];
  const writeErrors = errors.map((error) => {
    const code = mongoCode(Number(error["code"]), String(error["errmsg"]));
    return { ...error, code };
  });
  return toBson({ ...document, writeErrors });
}

const hello = answer(() => ({
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  maxMessageSizeBytes: MAX_MESSAGE_BYTES,
  maxWriteBatchSize: 100_000,
  localTime: new Date(),
  logicalSessionTimeoutMinutes: 30,
  connectionId: 1,
  minWireVersion: 0,
  maxWireVersion: 21,
  readOnly: false,
}));

const nothingToDo = answer(() => ({}));

const serverStatus = answer(({ cursors }) => ({
  host: hostname(),
  version: SERVER_VERSION,
  process: "mongod",
  pid: process.pid,
  uptime: process.uptime(),
  localTime: new Date(),
  storageEngine: { name: "documentdb" },
  metrics: { cursor: { open: { total: cursors.size } } },
}));

const drop: Command = async ({ pool, database, target }) => {
  const [dropped] = await firstRow(pool, "SELECT documentdb_api.drop_collection($1,$2)", [database, target]);
  if (dropped !== "t") throw new CommandError(26, "ns not found");
  return toBson({ ns: `${database}.${target}`, ok: 1 });
};

const dropDatabase: Command = async ({ pool, database }) => {
  await firstRow(pool, "SELECT documentdb_api.drop_database($1)", [database]);
  return toBson({ dropped: database, ok: 1 });
};

const killCursors: Command = ({ head, cursors }) => {
  const ids: unknown[] = head["cursors"] ?? [];
  const killed = ids.filter((id) => cursors.kill(String(id)));
  const missing = ids.filter((id) => !killed.includes(id));
  return toBson({
    cursorsKilled: killed,
    cursorsNotFound: missing,
    cursorsAlive: [],
    cursorsUnknown: [],
    ok: 1,
  });
};

const COMMAND_HANDLERS: Readonly<Record<string, Command>> = {
  hello,
  ismaster: hello,
  ping: nothingToDo,
  endsessions: nothingToDo,
  killsessions: nothingToDo,
  refreshsessions: nothingToDo,
  buildinfo: answer(() => ({
    version: SERVER_VERSION,
    versionArray: VERSION_ARRAY,
    modules: ["documentdb"],
    bits: 64,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  })),
  connectionstatus: answer(() => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } })),
  getparameter: answer(() => ({ featureCompatibilityVersion: { version: "7.0" } })),
  getlog: answer(() => ({ totalLinesWritten: 0, log: [] })),
  hostinfo: answer(() => ({ system: { hostname: hostname(), currentTime: new Date() } })),
  serverstatus: serverStatus,

  insert: write("insert", "documents"),
  update: write("update", "updates"),
  delete: write("delete", "deletes"),
  findandmodify: byName("SELECT p_result FROM documentdb_api.find_and_modify($1,$2,NULL)"),

  find: withCursor("find_cursor_first_page"),
  aggregate: withCursor("aggregate_cursor_first_page"),
  listcollections: withCursor("list_collections_cursor_first_page"),
  listindexes: withCursor("list_indexes_cursor_first_page"),
  getmore: ({ cursors, target, database, spec }) => cursors.more(target, database, spec),
  killcursors: killCursors,
  count: byName("SELECT document FROM documentdb_api.count_query($1,$2)"),
  distinct: byName("SELECT document FROM documentdb_api.distinct_query($1,$2)"),
  explain: ({ pool, database, head, spec }) => explain(pool, database, head, spec),

  createindexes: byName("SELECT documentdb_api_internal.create_indexes_non_concurrently($1,$2,true)"),
  dropindexes: byName("CALL documentdb_api.drop_indexes($1,$2,NULL)"),
  create: byName("SELECT documentdb_api.create_collection_view($1,$2)"),
  collmod: ({ pool, database, target, spec }) =>
    oneDocument(pool, "SELECT documentdb_api.coll_mod($1,$2,$3)", [database, target, spec]),
  drop,
  dropdatabase: dropDatabase,
  renamecollection: bySpec("SELECT documentdb_api.rename_collection($1)"),
  listdatabases: bySpec("SELECT documentdb_api.list_databases($1)"),
  collstats: ({ pool, database, target, head }) =>
    oneDocument(pool, "SELECT documentdb_api.coll_stats($1,$2,$3)", [database, target, scaleOf(head)]),
  dbstats: ({ pool, database, head }) =>
    oneDocument(pool, "SELECT documentdb_api.db_stats($1,$2,false)", [database, scaleOf(head)]),
  validate: byName("SELECT document FROM documentdb_api.validate($1,$2)"),
};

function scaleOf(head: Document): number {
  return Number(head["scale"] ?? 1);
}
