import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterEach, test as anyTest, expect } from "@jest/globals";
import { type Document, MongoClient, MongoServerError } from "mongodb";
import { until } from "../support/until.ts";
import { childrenOf, end, endAll, hindrance, newFolder, postgresOf, startMongod } from "./started.ts";

const test = hindrance === null ? anyTest : anyTest.skip;
afterEach(endAll);

/** Whatever is asked meanwhile may fail; what was acknowledged is there. */
async function works(client: MongoClient, document: Document): Promise<boolean> {
  try {
    await client.db("kept").collection("things").insertOne(document);
    return (await client.db("kept").collection("things").findOne({ n: document["n"] })) !== null;
  } catch {
    return false;
  }
}

function isLocked(dbpath: string): boolean {
  return spawnSync("flock", ["-n", path.join(dbpath, "standin.lock"), "true"]).status !== 0;
}

/** Keeps PostgreSQL busy for longer than a test has patience. */
const ENDLESS = [
  { $project: { a: { $range: [0, 20_000] } } },
  { $unwind: "$a" },
  { $addFields: { b: { $range: [0, 20_000] } } },
  { $unwind: "$b" },
  { $group: { _id: "$b", n: { $sum: 1 } } },
];

test("a killed process of PostgreSQL costs the commands in flight, and nothing else", async () => {
  const dbpath = newFolder();
  const mongod = await startMongod(dbpath);
  const postgres = postgresOf(dbpath);
  await using client = new MongoClient(`mongodb://127.0.0.1:${mongod.port}/`, { retryReads: false });
  const things = client.db("kept").collection("things");
  await things.insertMany(Array.from({ length: 500 }, (_, n) => ({ n })));
  const cursor = things.find({}, { batchSize: 10, sort: { n: 1 } });
  await cursor.next();

  for (const title of ["SELECT", "checkpointer"]) {
    const inFlight = things
      .aggregate(ENDLESS)
      .toArray()
      .catch((error: unknown) => error);
    await until(() => childrenOf(postgres, "SELECT").length > 0);
    for (const pid of childrenOf(postgres, title).slice(0, 1)) process.kill(pid, "SIGKILL");

    const error = await inFlight;
    expect(error).toBeInstanceOf(MongoServerError);
    expect(error).toMatchObject({ code: 91, codeName: "ShutdownInProgress" });
    await until(() => works(client, { n: 1_000 }));
  }

  await expect(cursor.toArray()).rejects.toThrow(MongoServerError);
  expect(await things.countDocuments({ n: { $lt: 500 } })).toBe(500);
  expect(mongod.process.exitCode).toBeNull();
  expect(postgresOf(dbpath)).toBe(postgres);
});

test("a killed server lets go of its data though a process of PostgreSQL hangs", async () => {
  const dbpath = newFolder();
  const mongod = await startMongod(dbpath);
  const postgres = postgresOf(dbpath);
  for (const pid of childrenOf(postgres, "checkpointer")) process.kill(pid, "SIGSTOP");

  await end(mongod.process, "SIGKILL");

  await until(() => !isLocked(dbpath));
});

test("a server that is told to stop does so though PostgreSQL itself hangs", async () => {
  const dbpath = newFolder();
  const mongod = await startMongod(dbpath);
  process.kill(postgresOf(dbpath), "SIGSTOP");

  await end(mongod.process, "SIGTERM");

  await until(() => !isLocked(dbpath));
});
