import { type Db, type Document, MongoClient } from "mongodb";
import { ItemError } from "../../src/domain/failure.ts";
import { SearchError } from "../../src/query/search-error.ts";
import { COLLECTIONS, MESSAGES as MESSAGES_SPEC } from "../../src/store/collections.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { type Examined, examine, watch } from "./examined.ts";
import { fillStore } from "./fill.ts";
import { type Question, questionsFor } from "./questions.ts";
import { median, openScratchMongo, quantile, tell } from "./support.ts";

const MESSAGES = Number(process.env["BENCH_MESSAGES"] ?? 1_000_000);
const TIMES = 100;
/** What takes longer than a second is asked less often. */
const SLOW_MS = 1_000;
const TIMES_WHEN_SLOW = 10;
const EXPLAINED = 5;

/** Everything that the program asks of a large store: how long it takes, and what the database looks at for it. */
export async function queries(): Promise<void> {
  console.log(`\nqueries: a store of ${MESSAGES.toLocaleString("en-US")} messages`);
  await using endpoint = await openScratchMongo();
  const client = await MongoClient.connect(endpoint.uri, { monitorCommands: true, ignoreUndefined: true });
  const db = client.db(`bench_store_${MESSAGES}`);
  await fillStore(db, MESSAGES);
  console.log(`  on ${endpoint.description.split(",")[0]}`);
  console.log(
    `  ${"".padEnd(48)} ${"p50 ms".padStart(8)} ${"p95 ms".padStart(8)}   keys examined ÷ returned`,
  );
  const watched = watch(client);
  const measured: Measured[] = [];
  for (const question of await questionsFor(db)) {
    const one = await measure(db, watched, question);
    console.log(lineOf(one));
    measured.push(one);
  }
  await tellIndexes(db);
  await tellLoad(client, db);
  await client.close();
  for (const one of measured) tellOf(one);
}

/** What the words of the messages cost: their index beside all others, and beside the messages themselves. */
async function tellIndexes(db: Db): Promise<void> {
  const [stats] = await db
    .collection(MESSAGES_SPEC.name)
    .aggregate<{ storageStats: { size: number; indexSizes: Record<string, number> } }>([
      { $collStats: { storageStats: {} } },
    ])
    .toArray()
    .catch(() => []);
  if (!stats) return;
  const { size, indexSizes } = stats.storageStats;
  const megabytes = (bytes: number) => `${(Number(bytes) / 2 ** 20).toFixed(0)} MB`;
  console.log(`  messages ${megabytes(size)}`);
  for (const [name, bytes] of Object.entries(indexSizes ?? {}))
    console.log(`  index ${name.padEnd(42)} ${megabytes(bytes)}`);
}

const LOADED = 5_000;
const LOADS = 5;

/** What the words cost when messages are written: the same documents with them and their index, and without, in turn. */
async function tellLoad(client: MongoClient, db: Db): Promise<void> {
  const documents = await db
    .collection(MESSAGES_SPEC.name)
    .find({}, { projection: { _id: 0 } })
    .limit(LOADED)
    .toArray();
  const plain = documents.map(({ content_tokens: _, ...document }) => document);
  const scratch = client.db(`${db.databaseName}_load`);
  const ratios: number[] = [];
  for (let round = 0; round <= LOADS; round += 1) {
    const bare = await loadMs(scratch, plain, false);
    const whole = await loadMs(scratch, documents, true);
    if (round > 0) ratios.push(bare / whole); // the first one warms up
  }
  for (const { name } of COLLECTIONS) await scratch.dropCollection(name).catch(() => false);
  console.log(`  messages stored per second, with search tokens ÷ without: ${median(ratios).toFixed(2)}`);
}

async function loadMs(db: Db, documents: readonly Document[], hasTokens: boolean): Promise<number> {
  await db.dropCollection(MESSAGES_SPEC.name).catch(() => false);
  await ensureSchema(db);
  const messages = db.collection(MESSAGES_SPEC.name);
  if (!hasTokens) await messages.dropIndex(TOKENS_INDEX);
  const began = performance.now();
  for (let from = 0; from < documents.length; from += 500)
    await messages.insertMany(documents.slice(from, from + 500), { ordered: false });
  return performance.now() - began;
}

const TOKENS_INDEX = "account_id_1_content_tokens_1_timestamp_1";

interface Measured extends Examined {
  readonly question: Question;
  readonly times: readonly number[];
  readonly gaveUp: number;
}

/** One uncounted asking comes first: it fills the caches. */
async function measure(db: Db, watched: ReturnType<typeof watch>, question: Question): Promise<Measured> {
  await time(question);
  const times: number[] = [];
  let [keys, returned, gaveUp] = [0, 0, 0];
  while (times.length < TIMES && !isSlow(times)) {
    watched.take();
    const { ms, answer } = await time(question);
    times.push(ms);
    if (answer === GAVE_UP) gaveUp += 1;
    if (times.length > EXPLAINED) continue;
    const examined = await examine(db, watched.take());
    keys += examined.keys;
    returned += typeof answer === "number" ? answer : examined.returned;
  }
  return { question, times, gaveUp, keys, returned };
}

function isSlow(times: readonly number[]): boolean {
  return times.length >= TIMES_WHEN_SLOW && median(times) > SLOW_MS;
}

const GAVE_UP = Symbol("the database did not answer in time");

async function time({ ask }: Question): Promise<{ ms: number; answer: unknown }> {
  const began = performance.now();
  const answer = await ask().catch((error: unknown) => {
    if (error instanceof ItemError) return GAVE_UP;
    if (error instanceof SearchError) return error; // an answer, too: say more of the name
    throw error;
  });
  return { ms: performance.now() - began, answer };
}

function lineOf({ question, times, gaveUp, keys, returned }: Measured): string {
  const [p50, p95] = [0.5, 0.95].map((share) => quantile(times, share).toFixed(1).padStart(8));
  const ratio = returned === 0 ? "–" : (keys / returned).toFixed(2);
  const seldom = times.length < TIMES ? `, asked ${times.length} times` : "";
  const late = gaveUp > 0 ? `, ${gaveUp} given up` : "";
  return `  ${question.name.padEnd(48)} ${p50} ${p95}   ${ratio} (${keys} ÷ ${returned})${seldom}${late}`;
}

function tellOf({ question: { name, exact, p95Ms }, times, keys, returned }: Measured): void {
  const p95 = quantile(times, 0.95);
  if (p95Ms !== undefined) tell(`p95, ${name}`, `${p95.toFixed(1)} ms`, `≤ ${p95Ms} ms`, p95 <= p95Ms);
  const ratio = keys / returned;
  if (exact) tell(`keys examined ÷ returned, ${name}`, ratio.toFixed(2), "≤ 1.1", ratio <= 1.1);
}
