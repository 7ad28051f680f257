import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openTestDatabase } from "../support/database.ts";
import { isStandin } from "../support/server.ts";

/** What is around an embedded database may be anything. Other users and full disks are only to be had as root. */
const isRoot = process.getuid?.() === 0;
/** A number that no user has, as containers are given one. */
const NOBODY_KNOWS = 43_210;
const CLI = resolve("dist/cli.js");

let onStandin: boolean;
let scratch: string;
beforeAll(async () => {
  const database = await openTestDatabase();
  onStandin = await isStandin(database.db);
  await database.close();
  scratch = mkdtempSync(join(tmpdir(), "hostaway-sync-around-"));
  chmodSync(scratch, 0o755);
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** Whether a user may read a file: that depends on all folders above it. */
function canRead(user: string, file: string): boolean {
  const asUser = ["--reuid", user, "--regid", user, "--clear-groups", "test", "-r", resolve(file)];
  return spawnSync("setpriv", asUser).status === 0;
}

/** A command that asks the embedded database for something; all that it says. */
async function status(dataDir: string, before: readonly string[] = []): Promise<string> {
  const [file = "", ...args] = [...before, process.execPath, CLI, "status"];
  const env = {
    PATH: process.env["PATH"],
    DATA_DIR: dataDir,
    HOSTAWAY_ACCOUNT_ID: "10001",
    HOSTAWAY_API_KEY: "none",
  };
  return await new Promise((said) => {
    execFile(file, args, { cwd: scratch, env }, (_, stdout, stderr) => said(stdout + stderr));
  });
}

test("P10: nobody else can look into what an embedded database keeps", async () => {
  const dataDir = join(scratch, "data");

  await status(dataDir);

  expect(statSync(dataDir).mode & 0o077).toBe(0);
  expect(statSync(join(dataDir, "mongodb-keeper.log")).mode & 0o077).toBe(0);
  expect(statSync(join(dataDir, onStandin ? "mongodb-standin" : "mongodb-mongod")).mode & 0o077).toBe(0);
});

test("P10: what an earlier version let everybody read is closed, and a folder that holds other things is left alone", async () => {
  const older = join(scratch, "older");
  const shared = join(scratch, "shared");
  for (const dataDir of [older, shared]) {
    mkdirSync(dataDir, { mode: 0o755 });
    for (const name of ["mongodb-keeper.log", "mongodb-keeper.log.1"])
      writeFileSync(join(dataDir, name), "", { mode: 0o644 });
  }
  writeFileSync(join(shared, "holiday.jpg"), "a picture", { mode: 0o644 });

  await Promise.all([status(older), status(shared)]);

  expect(modesIn(older)).toMatchObject({
    ".": "700",
    "mongodb-keeper.log": "600",
    "mongodb-keeper.log.1": "600",
  });
  expect(modesIn(shared)).toMatchObject({ ".": "755", "mongodb-keeper.log": "600", "holiday.jpg": "644" });
});

function modesIn(folder: string): Record<string, string> {
  const names = [".", ...readdirSync(folder)];
  return Object.fromEntries(
    names.map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]),
  );
}

test("a full disk is called a full disk", async () => {
  if (!isRoot || !onStandin) return;
  const dataDir = join(scratch, "full");
  mkdirSync(dataDir);
  const onFullDisk = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=20m tmpfs "$0" && exec "$@"'];

  const said = await status(dataDir, [...onFullDisk, dataDir]);

  expect(said).toContain("it did not start: the disk is full");
  expect(said).toContain("Make room for");
  expect(said).not.toMatch(/^ {4}at /m);
});

test.each([
  ["DATA_DIR itself", "", ""],
  ["a folder above it", "", "below/it"],
  ["the data folder of the stand-in", "mongodb-standin", ""],
  ["the data folder of a mongod", "mongodb-mongod", ""],
])("a file in the place of a folder is named, with what to do: %s", async (_, file, below) => {
  const place = mkdtempSync(join(scratch, "file-"));
  const inTheWay = join(place, "data", file);
  mkdirSync(dirname(inTheWay), { recursive: true });
  writeFileSync(inTheWay, "precious");

  const said = await status(join(place, "data", below));

  expect(said).toContain(
    `${inTheWay} is a file, not a folder. Move it away, or set DATA_DIR to another folder`,
  );
  expect(said).not.toMatch(/ENOTDIR|EEXIST|^ {4}at /m);
  expect(readFileSync(inTheWay, "utf8")).toBe("precious");
});

test("a number without a user, whose folder for sockets somebody else has made, is told so in a sentence", async () => {
  // A checkout below a folder that is its owner's alone is out of that user's reach.
  if (!isRoot || !canRead(String(NOBODY_KNOWS), "dist/cli.js")) return;
  const dataDir = join(scratch, "theirs");
  mkdirSync(dataDir);
  chownSync(dataDir, NOBODY_KNOWS, NOBODY_KNOWS);
  const planted = `/tmp/hostaway-sync-${NOBODY_KNOWS}`;
  mkdirSync(planted);
  chownSync(planted, 65_534, 65_534);
  const user = String(NOBODY_KNOWS);
  try {
    const said = await status(dataDir, ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]);

    expect(said).toContain(`${planted} is not a folder that user ${user} alone can enter`);
    expect(said).not.toMatch(/^ {4}at /m);
  } finally {
    rmSync(planted, { recursive: true });
  }
});
