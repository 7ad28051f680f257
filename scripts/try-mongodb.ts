import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type CommandStartedEvent, type Db, MongoClient } from "mongodb";
import { systemClock } from "../src/clock.ts";
import { AccountBusyError } from "../src/domain/lease.ts";
import { searchMessages } from "../src/query/messages.ts";
import { startSimulator } from "../src/simulator/simulator.ts";
import { COLLECTIONS, LEASES, MESSAGES } from "../src/store/collections.ts";
import { ensureViews } from "../src/store/ensure-views.ts";
import { createLeases } from "../src/store/lease.ts";
import { connectMongo, OLDEST_SERVER, readMissingRights, readServerFacts } from "../src/store/mongo.ts";
import { ensureSchema } from "../src/store/schema.ts";
import { createStores } from "../src/store/stores.ts";
import { VIEWS } from "../src/store/view-pipelines.ts";
import { askAsAnalyst, examplesOf } from "../test/support/mongosh.ts";
import { differencesFrom } from "../test/support/oracle.ts";
import { bare, INDEXED, queriesOf, stagesOf } from "../test/support/queries.ts";
import { message } from "../test/support/records.ts";
import { syncOnce } from "../test/support/run.ts";
import { SENTENCES } from "../test/support/sentences.ts";
import { openScratchMongo } from "./bench/support.ts";

const USAGE = `Tries a MongoDB server: npm run try:mongodb -- [URI]

Everything happens in a database of its own, hostaway_sync_try_…, which is emptied afterwards.
Without a URI the embedded database is tried. Prints what differs from what the program counts on,
and ends with 1 when something does.`;

const DAY_MS = 86_400_000;
/** What the page for analysts was written with. */
const DOCUMENTED = { seed: 5, conversations: 80 };
const PAGE = new URL("../docs/analysts.md", import.meta.url);

/** What differs from what was expected, each in a line; nothing when all is as it should be. */
type Trial = (db: Db, uri: string) => Promise<readonly string[]>;

const TRIALS: Readonly<Record<string, Trial>> = {
  "version and rights": tryServer,
  "collections, validators and indexes": trySchema,
  views: tryViews,
  "a sync of an account, and the next night's": trySyncs,
  "the plan of each query that the program asks": tryPlans,
  "the questions of docs/analysts.md": tryQuestions,
  "search by words, in 31 scripts": trySearch,
  "$text, for analysts": tryTextIndex,
  "the lease": tryLease,
};

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" } },
  });
  if (values.help) return console.log(USAGE);
  const [uri] = positionals;
  if (uri !== undefined) return await tryAll(uri);
  await using embedded = await openScratchMongo();
  await tryAll(embedded.uri);
}

async function tryAll(uri: string): Promise<void> {
  const client = await connectMongo(uri, 10, { reads: "primary" });
  const db = client.db(`hostaway_sync_try_${randomBytes(4).toString("hex")}`);
  try {
    const { version } = await readServerFacts(db);
    console.log(
      `MongoDB ${version} at ${client.options.hosts.map(String).join(", ")}, database ${db.databaseName}`,
    );
    let differing = 0;
    for (const [name, trial] of Object.entries(TRIALS)) {
      const differences = await trial(db, uri).catch((error: unknown) => [String(error)]);
      differing += differences.length;
      console.log(`${differences.length === 0 ? "✔" : "✖"} ${name}`);
      for (const one of differences) console.log(`    ${one}`);
    }
    console.log(differing === 0 ? "Nothing differs." : `${differing} differences.`);
    process.exitCode = differing === 0 ? 0 : 1;
  } finally {
    await empty(db);
    await client.close();
  }
}

async function tryServer(db: Db): Promise<string[]> {
  const { version, now } = await readServerFacts(db);
  const missing = await readMissingRights(db);
  const skewMs = Math.abs(now.getTime() - Date.now());
  return [
    ...(Number.parseInt(version, 10) < OLDEST_SERVER ? [`the version is older than ${OLDEST_SERVER}.0`] : []),
    ...(missing === null ? ["the server does not say what the user may do"] : []),
    ...(missing ?? []).map((right) => `the user lacks the right to ${right}`),
    ...(skewMs > 60_000 ? [`the clocks differ by ${Math.round(skewMs / 1_000)} s`] : []),
  ];
}

async function trySchema(db: Db): Promise<string[]> {
  const differences: string[] = [];
  for (const time of ["first", "second"]) {
    const { conflicts, outdated } = await ensureSchema(db);
    differences.push(...conflicts.map(({ index }) => `${time} time: another index ${index} is in the way`));
    differences.push(...outdated.map((name) => `${time} time: the validator of ${name} cannot be replaced`));
  }
  for (const { name } of COLLECTIONS) {
    const taken = await db
      .collection(name)
      .insertOne({ nothing: "that belongs here" })
      .then(
        () => true,
        (error: unknown) => Reflect.get(Object(error), "code") !== 121,
      );
    if (taken) differences.push(`${name}: its validator does not refuse a foreign document`);
  }
  // A changed validator is put back, which needs collMod.
  await db.command({ collMod: MESSAGES.name, validator: {} });
  const { outdated } = await ensureSchema(db);
  differences.push(...outdated.map((name) => `the validator of ${name} is not put back`));
  const [info] = await db.listCollections({ name: MESSAGES.name }).toArray();
  const options: unknown = info && Reflect.get(info, "options");
  if (!JSON.stringify(options)?.includes("$jsonSchema"))
    differences.push("messages has no validator any more");
  return differences;
}

async function tryViews(db: Db): Promise<string[]> {
  const { conflicts, failures } = await ensureViews(db);
  return [
    ...conflicts.map((one) => JSON.stringify(one)),
    ...failures.map(({ view, reason }) => `${view}: ${reason}`),
  ];
}

async function trySyncs(db: Db): Promise<string[]> {
  const differences: string[] = [];
  await using simulator = await startSimulator({ ...DOCUMENTED, rateLimit: "off", tokenGraceMs: 0 });
  for (const night of ["first sync", "next night"]) {
    const report = await syncOnce(simulator, { db }, { env: { SYNC_SWEEP_DAYS: "1" } });
    if (report.status !== "succeeded") differences.push(`${night}: ${report.status}`);
    for (const failure of report.failures) differences.push(`${night}: ${failure.message}`);
    if (night === "first sync") simulator.advance(DAY_MS);
  }
  for (const [collection, found] of Object.entries(await differencesFrom(simulator.oracle, db))) {
    const { missing, extra, different } = found;
    differences.push(
      `${collection}: ${missing.length} missing, ${extra} too many, ${different.length} different`,
    );
  }
  return differences;
}

async function tryPlans(db: Db, uri: string): Promise<string[]> {
  const differences: string[] = [];
  const watched = await MongoClient.connect(uri, { monitorCommands: true });
  const commands: CommandStartedEvent["command"][] = [];
  watched.on("commandStarted", ({ command }) => commands.push(command));
  await using simulator = await startSimulator({ ...DOCUMENTED, rateLimit: "off" });
  try {
    for (const [name, ask] of Object.entries(queriesOf(simulator, watched.db(db.databaseName)))) {
      commands.length = 0;
      await ask();
      for (const command of commands.filter((one) => "find" in one || "aggregate" in one)) {
        const plan = await db.command({ explain: bare(command), verbosity: "queryPlanner" });
        const stages = stagesOf(plan);
        if (stages.includes("COLLSCAN") || !stages.some((stage) => INDEXED.includes(stage)))
          differences.push(`${name}: no index is used (${[...new Set(stages)].join(" < ")})`);
      }
    }
  } finally {
    await watched.close();
  }
  return differences;
}

async function tryQuestions(db: Db): Promise<string[]> {
  const examples = examplesOf(readFileSync(PAGE, "utf8"));
  const differences: string[] = [];
  for (const [index, { query, answer }] of examples.entries()) {
    const given = await askAsAnalyst(db, query).catch((error: unknown) => String(error));
    if (given !== answer)
      differences.push(`question ${index + 1} answers\n${given}    instead of\n${answer}`);
  }
  return examples.length === 0 ? ["no question was found"] : differences;
}

/** The account of the messages that `message` makes. */
const READER = "10001";

async function trySearch(db: Db): Promise<string[]> {
  const fence = { token: 1, check: async () => undefined };
  const context = { clock: systemClock, fence, dryRun: false, runId: "try" };
  await createStores(db, context).messages.upsertMany(
    SENTENCES.map(([, body], index) => message({ id: 900_000_000 + index, body })),
  );
  const differences: string[] = [];
  for (const [script, sentence, words] of SENTENCES) {
    for (const word of words) {
      const { messages } = await searchMessages(db, READER, { text: word }, { size: 100 });
      if (!messages.some(({ content }) => content === sentence))
        differences.push(`${script}: ${word} is not found`);
    }
  }
  return differences;
}

async function tryTextIndex(db: Db): Promise<string[]> {
  const found = await db.collection(MESSAGES.name).countDocuments({ $text: { $search: "Schlüssel" } });
  return found > 0 ? [] : ["a word that stands in a message is not found"];
}

/** No account of anybody. */
const TRIED = "1";

async function tryLease(db: Db): Promise<string[]> {
  const leases = createLeases(db, systemClock, { host: "try", pid: process.pid });
  const takers = await Promise.allSettled(["a", "b", "c", "d"].map((run) => leases.acquire(TRIED, run)));
  const taken = takers.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const others = takers.filter((one) => one.status === "rejected" && one.reason instanceof AccountBusyError);
  for (const lease of taken) await lease[Symbol.asyncDispose]();
  const again = await leases.acquire(TRIED, "e");
  await again[Symbol.asyncDispose]();
  return taken.length === 1 && others.length === takers.length - 1
    ? []
    : [`of four runs at once ${taken.length} had the lease and ${others.length} were told that it is held`];
}

/** What was made here is taken away again, one by one: that needs no right of an administrator. */
async function empty(db: Db): Promise<void> {
  for (const { name } of [...VIEWS, ...COLLECTIONS, LEASES]) await db.dropCollection(name).catch(() => false);
}

await main();
