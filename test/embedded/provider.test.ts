import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, test as anyTest, expect } from "@jest/globals";
import { MongoClient } from "mongodb";
import { keeperGone, MongoUnavailableError, openMongo } from "../../src/embedded/provider.ts";
import { compiled } from "../../src/embedded/standin-binary.ts";
import { chooseServer } from "../../src/embedded/ways.ts";
import { obstacle, readMachine } from "../../src/standin/debian.ts";

const hindrance = obstacle(readMachine());
const test = hindrance === null ? anyTest : anyTest.skip;
if (hindrance !== null) process.stderr.write(`embedded server tests are skipped: ${hindrance}\n`);

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await keeperGone(folder);
    rmSync(folder, { recursive: true, force: true });
  }
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "embedded-"));
  folders.push(folder);
  return folder;
}

async function withThings<T>(uri: string, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 5_000 });
  return use(client).finally(() => client.close());
}

const insert = (uri: string) =>
  withThings(uri, (client) => client.db("kept").collection("things").insertOne({ n: 1 }));
const count = (uri: string) =>
  withThings(uri, (client) => client.db("kept").collection("things").countDocuments());

function keeperOf(dataDir: string): number {
  const log = readFileSync(path.join(dataDir, "mongodb-keeper.log"), "utf8");
  return Number(
    log
      .match(/ (\d+) ready/g)
      ?.at(-1)
      ?.match(/\d+/)?.[0],
  );
}

test("a second command finds what the first one stored", async () => {
  const dataDir = newFolder();
  {
    await using first = await openMongo({ uri: null, dataDir });
    await insert(first.uri);
  }
  await keeperGone(dataDir);

  await using second = await openMongo({ uri: null, dataDir });

  expect(await count(second.uri)).toBe(1);
});

test("commands that start together share one server", async () => {
  const dataDir = newFolder();
  const open = () => openMongo({ uri: null, dataDir, durable: false });

  const endpoints = await Promise.all([open(), open(), open()]);

  expect(new Set(endpoints.map(({ uri }) => uri)).size).toBe(1);
  for (const endpoint of endpoints) await endpoint[Symbol.asyncDispose]();
});

test("a command that comes while the last one leaves gets a server", async () => {
  const dataDir = newFolder();

  for (let round = 0; round < 4; round += 1) {
    const endpoint = await openMongo({ uri: null, dataDir, durable: false });
    await insert(endpoint.uri);
    await endpoint[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 280 + round * 15));
  }

  await using last = await openMongo({ uri: null, dataDir, durable: false });
  expect(await count(last.uri)).toBe(4);
});

test("the server ends when its only command is killed", async () => {
  const dataDir = newFolder();
  const code = `
    const { openMongo } = await import(${JSON.stringify(compiled("embedded/provider.js"))});
    const { uri } = await openMongo({ uri: null, dataDir: ${JSON.stringify(dataDir)}, durable: false });
    console.log(uri);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");

  child.kill("SIGKILL");

  await expect(keeperGone(dataDir)).resolves.toBeUndefined();
  expect(readFileSync(path.join(dataDir, "mongodb-keeper.log"), "utf8")).toContain(" stopped");
});

test("a killed keeper takes its server with it, and the next command starts cleanly", async () => {
  const dataDir = newFolder();
  const first = await openMongo({ uri: null, dataDir });
  await insert(first.uri);

  process.kill(keeperOf(dataDir), "SIGKILL");
  await using second = await openMongo({ uri: null, dataDir });

  expect(await count(second.uri)).toBe(1);
});

test("waiting ends when it is told to", async () => {
  const stop = new AbortController();
  const onProgress = () => stop.abort(new Error("enough"));

  const opening = openMongo({
    uri: null,
    dataDir: newFolder(),
    durable: false,
    onProgress,
    signal: stop.signal,
  });

  await expect(opening).rejects.toThrow("enough");
});

anyTest("when nothing works the error names every way, its reason and its remedy", async () => {
  const env = {
    PATH: "",
    MONGOMS_DOWNLOAD_URL: "http://127.0.0.1:1/mongodb-linux-x86_64-debian12-8.2.6.tgz",
  };

  const error = await openMongo({ uri: null, dataDir: newFolder(), env }).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(MongoUnavailableError);
  const { attempts, message } = error as MongoUnavailableError;
  expect(attempts.map(({ way }) => way)).toEqual([
    "MONGODB_URI",
    "MONGOMS_SYSTEM_BINARY",
    "mongod on the PATH",
    "Download by mongodb-memory-server",
    "Stand-in from Debian packages",
  ]);
  for (const { way, reason, remedy } of attempts) expect(message).toContain(`${way}: ${reason}. ${remedy}`);
});

anyTest("a program that is no mongod is passed over, with the reason", async () => {
  const machine = {
    platform: "linux",
    distribution: "alpine",
    isRoot: true,
    mayMount: true,
    missingTools: [],
  } as const;
  const env = { PATH: "", MONGOMS_SYSTEM_BINARY: "/nowhere/mongod", MONGOMS_RUNTIME_DOWNLOAD: "false" };
  const { signal } = new AbortController();

  const choosing = chooseServer({ env, dataDir: newFolder(), onProgress: () => undefined, signal, machine });

  await expect(choosing).rejects.toThrow(/MONGOMS_SYSTEM_BINARY: \/nowhere\/mongod does not run/);
  await expect(choosing).rejects.toThrow(/this machine is not Debian/);
});

anyTest("a configured server is used as it is, and its credentials are not shown", async () => {
  const uri = "mongodb+srv://user:p%40ss@cluster.example/db?authMechanismProperties=SECRET:x";

  await using endpoint = await openMongo({ uri, dataDir: newFolder() });

  expect(endpoint).toMatchObject({ uri, kind: "configured", description: "MongoDB at cluster.example" });
});
