import type { Db, Document } from "mongodb";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { syncDepsOf } from "../../src/service/job-context.ts";
import { MESSAGES } from "../../src/store/collections.ts";
import { connectMongo } from "../../src/store/mongo.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { syncAccount } from "../../src/sync/sync-account.ts";
import { median, openScratchMongo, type SimulatorProcess, startSimulatorProcess, tell } from "./support.ts";

const ROUNDS = 3;
const CONVERSATIONS = 2_000;
const DATABASE = "bench_throughput";

/**
 * First load and re-reading against a plain `insertMany` of the very same documents into the same
 * collection with the same indexes; round by round in turn, so that a slow moment hits both.
 */
export async function throughput(): Promise<void> {
  console.log(`\nthroughput: ${CONVERSATIONS} conversations, ${ROUNDS} rounds, medians`);
  await using simulator = await startSimulatorProcess([
    "--conversations",
    `${CONVERSATIONS}`,
    "--rate-limit",
    "off",
  ]);
  await using endpoint = await openScratchMongo();
  const mongo = await connectMongo(endpoint.uri, 12);
  const db = mongo.db(DATABASE);
  const first: number[] = [];
  const again: number[] = [];
  const raw: number[] = [];
  await emptied(db);
  await syncRate(simulator, db); // not counted: the first thousands of messages warm the compiler up
  for (let round = 0; round < ROUNDS; round += 1) {
    await emptied(db);
    first.push(await syncRate(simulator, db));
    again.push(await syncRate(simulator, db));
    const documents = await db
      .collection(MESSAGES.name)
      .find({}, { projection: { _id: 0 } })
      .toArray();
    await emptied(db);
    raw.push(await rawRate(db, documents));
  }
  await db.dropDatabase();
  await mongo.close();

  console.log(`  on ${endpoint.description.split(",")[0]}`);
  console.log(
    `  first load ${perSecond(first)}, re-reading ${perSecond(again)}, insertMany ${perSecond(raw)}`,
  );
  const toRaw = median(first.map((rate, round) => rate / (raw[round] ?? Number.NaN)));
  const toFirst = median(again.map((rate, round) => rate / (first[round] ?? Number.NaN)));
  tell("messages stored per second, first load ÷ insertMany", toRaw.toFixed(2), "≥ 0.6", toRaw >= 0.6);
  tell("re-reading unchanged messages ÷ first load", toFirst.toFixed(2), "≥ 3", toFirst >= 3);
}

async function emptied(db: Db): Promise<void> {
  await db.dropDatabase();
  await ensureSchema(db);
}

/** Messages per second of one whole run, without the token's first second. */
async function syncRate(simulator: SimulatorProcess, db: Db): Promise<number> {
  const config = readConfig({
    ...simulator.env,
    HOSTAWAY_RATE_LIMIT: "999999/1s",
    SYNC_SWEEP_DAYS: "1",
  });
  const { accountId } = config.hostaway;
  const { signal } = new AbortController();
  await using app = createApp(config, { db });
  using hostaway = app.connectHostaway();
  await hostaway.client.ping(signal);
  await using store = await app.openStore();
  await using lease = await store.leases.acquire(accountId, "bench");
  const run = { app, store, runId: "bench", accountId, emit: () => undefined };
  const deps = syncDepsOf(run, hostaway, lease);
  const started = performance.now();
  const report = await syncAccount(deps, signal);
  const seconds = (performance.now() - started) / 1_000;
  if (report.status !== "succeeded") throw new Error(`the run ended ${report.status}`);
  return report.items.messages.succeeded / seconds;
}

async function rawRate(db: Db, documents: readonly Document[]): Promise<number> {
  const started = performance.now();
  await db.collection(MESSAGES.name).insertMany(documents, { ordered: false });
  return documents.length / ((performance.now() - started) / 1_000);
}

function perSecond(rates: readonly number[]): string {
  return `${Math.round(median(rates)).toLocaleString("en-US")}/s`;
}
