import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { afterEach, test as anyTest, expect } from "@jest/globals";
import { deb822Uris, obstacle, oneLineUris } from "../../src/standin/debian.ts";
import {
  end,
  endAll,
  gone,
  hindrance,
  type Mongod,
  newFolder,
  postgresOf,
  startMongod,
  withClient,
} from "./started.ts";

const test = hindrance === null ? anyTest : anyTest.skip;
afterEach(endAll);

const store = (mongod: Mongod, n: number) =>
  withClient(mongod, (client) =>
    client
      .db("kept")
      .collection("things")
      .insertOne({ n }, { writeConcern: { w: "majority", j: true } }),
  );

const stored = (mongod: Mongod) =>
  withClient(mongod, async (client) => {
    const things = await client.db("kept").collection("things").find().sort({ n: 1 }).toArray();
    return things.map(({ n }) => n);
  });

test("data are found again by the next start on the same directory", async () => {
  const dbpath = newFolder();
  const first = await startMongod(dbpath);
  await store(first, 1);
  await end(first.process, "SIGINT");

  const second = await startMongod(dbpath);
  await store(second, 2);

  expect(await stored(second)).toEqual([1, 2]);
});

test("a killed server takes PostgreSQL with it, loses nothing and starts again", async () => {
  const dbpath = newFolder();
  const first = await startMongod(dbpath);
  await store(first, 1);
  const postgres = postgresOf(dbpath);
  await end(first.process, "SIGKILL");

  expect(await gone(postgres)).toBe(true);
  const second = await startMongod(dbpath);
  expect(await stored(second)).toEqual([1]);
});

test("no mount is left behind, even by a killed server", async () => {
  const dbpath = newFolder();
  const mongod = await startMongod(dbpath);
  await end(mongod.process, "SIGKILL");

  expect(execFileSync("cat", ["/proc/self/mounts"], { encoding: "utf8" })).not.toContain(dbpath);
});

async function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = net.connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.end(bytes);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks);
}

function header(length: number, opCode: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(opCode, 12);
  return bytes;
}

test("bytes that are not the protocol end their own connection and no other", async () => {
  const mongod = await startMongod(newFolder());

  await withClient(mongod, async (client) => {
    await client.db("admin").command({ ping: 1 });
    const answers = await Promise.all([
      exchange(mongod.port, Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")),
      exchange(mongod.port, header(-5, 2013)),
      exchange(mongod.port, header(16, 9999)),
      exchange(
        mongod.port,
        Buffer.concat([header(26, 2013), Buffer.from([0, 0, 0, 0, 0, 255, 255, 255, 127, 0])]),
      ),
    ]);

    expect(answers.map(({ length }) => length).slice(1)).toEqual([0, 0, 0]);
    expect(await client.db("admin").command({ ping: 1 })).toMatchObject({ ok: 1 });
  });
});

test("a message over the limit is refused in words, without being held in memory", async () => {
  const mongod = await startMongod(newFolder());
  const size = 48_000_001;

  const answer = await exchange(mongod.port, Buffer.concat([header(size, 2013), Buffer.alloc(size - 16)]));

  expect(answer.toString("latin1")).toContain("more than the 48000000 allowed");
});

test("a directory in use is refused to a second server", async () => {
  const dbpath = newFolder();
  await startMongod(dbpath);

  const args = ["-n", "-E", "75", path.join(dbpath, "standin.lock"), "true"];
  const second = spawn("flock", args, { stdio: "ignore" });
  const [code] = await once(second, "exit");

  expect(code).toBe(75);
});

anyTest("the Debian mirror is found in both formats of apt's sources, whatever stands beside it", () => {
  const oneLine =
    "# deb http://no/ x main\ndeb [arch=amd64] http://a/debian bookworm main contrib\ndeb http://b/ bookworm-security main\n";
  const deb822 =
    "Types: deb\nURIs: http://a/debian http://c/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\nTypes: deb\nURIs: http://b/x\nSuites: nodistro1\nComponents: main\n\nEnabled: no\nTypes: deb\nURIs: http://d/\nSuites: sid\nComponents: main\n";

  expect(oneLineUris(oneLine)).toEqual(["http://a/debian"]);
  expect(deb822Uris(deb822)).toEqual(["http://a/debian"]);
});

anyTest("a machine that cannot run the stand-in says why", () => {
  const able = {
    platform: "linux",
    distribution: "debian",
    isRoot: true,
    mayMount: true,
    missingTools: [],
  } as const;

  expect(obstacle(able)).toBeNull();
  expect(obstacle({ ...able, distribution: "alpine" })).toMatch(/not Debian/);
  expect(obstacle({ ...able, isRoot: false })).toMatch(/root/);
  expect(obstacle({ ...able, missingTools: ["flock"] })).toMatch(/flock/);
  expect(obstacle({ ...able, mayMount: false })).toMatch(/mount/);
});
