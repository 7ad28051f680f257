import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type CommandStartedEvent, type Db, type Document, MongoClient } from "mongodb";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { bare, INDEXED, type Queries, queriesOf, stagesOf, textsOf } from "../support/queries.ts";
import { syncOnce } from "../support/run.ts";

let database: TestDatabase;
let simulator: Simulator;
let watched: MongoClient;
const commands: Document[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  simulator = await startSimulator({ seed: 3, conversations: 300, rateLimit: "off", tokenGraceMs: 0 });
  await ensureSchema(database.db);
  await syncOnce(simulator, database);
  watched = await MongoClient.connect(database.uri, { monitorCommands: true });
  watched.on("commandStarted", ({ command }: CommandStartedEvent) => commands.push(command));
  queries = queriesOf(simulator, watched.db(database.name));
});
afterAll(async () => {
  await watched.close();
  await simulator.close();
  await database.close();
});

/** The names of all that the program asks, which do not need a database to be known. */
const NAMES = Object.keys(queriesOf({} as Simulator, {} as Db));
let queries: Queries;

test.each(NAMES)("%s: the plan uses an index", async (name) => {
  commands.length = 0;
  await queries[name]?.();

  const asked = commands.filter((command) => "find" in command || "aggregate" in command);
  expect(asked).toHaveLength(name === "what a month's messages add up to" ? 4 : 1);
  for (const command of asked) {
    const stages = stagesOf(await database.db.command({ explain: bare(command), verbosity: "queryPlanner" }));
    expect(stages).not.toContain("COLLSCAN");
    expect(stages.some((stage) => INDEXED.includes(stage))).toBe(true);
  }
});

test.each([
  ["messages of a booking", "reservation_ids_1_timestamp_1"],
  ["messages of a conversation", "conversation_id_1_timestamp_1"],
  ["messages of a property", "property.id_1_timestamp_1"],
  ["messages of an account", "account_id_1_timestamp_1"],
  ["how many messages a booking has", "reservation_ids_1_timestamp_1"],
])("%s: the plan uses the index made for it, whatever the planner knows", async (name, index) => {
  commands.length = 0;
  await queries[name]?.();

  const [command] = commands.filter((command) => "find" in command || "aggregate" in command);
  const plan = await database.db.command({ explain: bare(command ?? {}), verbosity: "queryPlanner" });
  expect(new Set(textsOf(plan, "indexName").filter((one) => one !== "_id_"))).toEqual(new Set([index]));
  expect(command).toMatchObject({ hint: expect.anything() });
  // The index gives messages in their order: a page costs no more in a larger store.
  expect(stagesOf(plan)).not.toContain("SORT");
});
