import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, test as anyTest, expect } from "@jest/globals";
import { MongoClient, MongoServerError } from "mongodb";
import { until } from "../support/until.ts";
import { end, endAll, hindrance, type Mongod, newFolder, startMongod, withClient } from "./started.ts";

const test = hindrance === null ? anyTest : anyTest.skip;
const mounted: string[] = [];
afterEach(async () => {
  for (const folder of mounted.splice(0)) execFileSync("umount", ["--lazy", folder]);
  await endAll();
});

function smallDisk(megabytes: number): string {
  const folder = newFolder();
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
  mounted.push(folder);
  return folder;
}

interface Outcome {
  readonly stored: readonly string[];
  readonly refusal: unknown;
}

/** Inserts until it is refused. */
async function fill(client: MongoClient, writer: number): Promise<Outcome> {
  const stored: string[] = [];
  for (;;) {
    const _id = `${writer}.${stored.length}`;
    const incompressible = randomBytes(200_000).toString("latin1");
    try {
      await client.db("kept").collection<Thing>("things").insertOne({ _id, incompressible });
      stored.push(_id);
    } catch (refusal) {
      return { stored, refusal };
    }
  }
}

interface Thing {
  readonly _id: string;
  readonly incompressible: string;
}

/** The server that runs, or the next one when it has ended. */
async function again(mongod: Mongod, disk: string): Promise<Mongod> {
  const works = () => withClient(mongod, (client) => client.db("kept").collection("more").insertOne({}));
  const hasEnded = () => mongod.process.exitCode !== null || mongod.process.signalCode !== null;
  await until(async () => hasEnded() || (await works().catch(() => null)) !== null);
  return hasEnded() ? startMongod(disk) : mongod;
}

test.each([
  ["while the server runs", false],
  ["when the server was stopped meanwhile", true],
])(
  "a disk that fills up is named, and nothing acknowledged is lost once there is room: %s",
  async (_, stops) => {
    const disk = smallDisk(220);
    const ballast = path.join(disk, "ballast");
    writeFileSync(ballast, Buffer.alloc(60_000_000));
    const mongod = await startMongod(disk);
    await using client = new MongoClient(`mongodb://127.0.0.1:${mongod.port}/`);

    const outcomes = await Promise.all([1, 2, 3, 4].map((writer) => fill(client, writer)));

    for (const { refusal } of outcomes) {
      expect(refusal).toBeInstanceOf(MongoServerError);
      expect(refusal).toMatchObject({ code: 14_031, codeName: "OutOfDiskSpace" });
    }
    if (stops) await end(mongod.process, "SIGTERM");
    rmSync(ballast);
    const there = await withClient(await again(mongod, disk), (next) =>
      next.db("kept").collection<Thing>("things").distinct("_id"),
    );
    expect(there).toEqual(expect.arrayContaining(outcomes.flatMap(({ stored }) => stored)));
  },
);
