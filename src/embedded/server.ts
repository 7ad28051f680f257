import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoMemoryServer } from "mongodb-memory-server";
import { MongoUnavailableError } from "./errors.ts";
import { listenToServers } from "./last-words.ts";
import { type Choice, claimDataFolder, rememberServer } from "./ways.ts";

const LAUNCH_MS = 120_000;
const PREVIOUS_MS = 15_000;
/** Else the server would take half of the memory, and write hundreds of megabytes about itself. */
const MODEST = ["--wiredTigerCacheSizeGB", "0.5", "--setParameter", "diagnosticDataCollectionEnabled=false"];
/** `mongod` ends like this on data that another version wrote. */
const OTHER_VERSION = /code "?62/;
const lastWords = listenToServers();

export interface RunningServer {
  readonly uri: string;
  /** Resolves when the server has exited, for any reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the chosen server on its data. There is no second choice: other data would look like none. */
export async function startServer(choice: Choice, dataDir: string, durable: boolean): Promise<RunningServer> {
  const dbPath = claimDataFolder(dataDir, choice.kind);
  await previousGone(dbPath);
  process.env["MONGOMS_SYSTEM_BINARY"] = choice.binary; // it wins over any other setting
  process.env["MONGOMS_SYSTEM_BINARY_VERSION_CHECK"] = "false";
  process.env["STANDIN_DURABILITY"] = durable ? "on" : "off";
  try {
    const server = await MongoMemoryServer.create({
      instance: {
        dbPath,
        storageEngine: "wiredTiger",
        launchTimeout: LAUNCH_MS,
        ...(choice.kind === "mongod" && { args: MODEST }),
      },
    });
    rememberServer(choice, dataDir);
    const process = server.instanceInfo?.instance.mongodProcess;
    const exited = new Promise<void>((resolve) => process?.once("exit", () => resolve()));
    return { uri: server.getUri(), exited, stop: async () => void (await server.stop({ doCleanup: false })) };
  } catch (error) {
    throw startFailure(choice, dbPath, error);
  }
}

/** A mongod whose keeper was killed needs a moment to notice and to leave its data in order. */
async function previousGone(dbPath: string): Promise<void> {
  const deadline = Date.now() + PREVIOUS_MS;
  while (isAlive(recordedPid(dbPath)) && Date.now() < deadline) await sleep(100);
}

function recordedPid(dbPath: string): number {
  try {
    return Number(readFileSync(path.join(dbPath, "mongod.lock"), "utf8").trim());
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function startFailure({ label }: Choice, dbPath: string, error: unknown): MongoUnavailableError {
  const reason = error instanceof Error ? error.message : String(error);
  if (OTHER_VERSION.test(reason))
    return new MongoUnavailableError([
      {
        way: label,
        reason: `its data in ${dbPath} were written by another version of MongoDB (exit code 62)`,
        remedy:
          "Set MONGOMS_SYSTEM_BINARY to a mongod of that version, or move the data away and copy them anew",
      },
    ]);
  const said = lastWords.reason();
  const remedy = said?.startsWith("the disk is full")
    ? `Make room for ${dbPath}, or set MONGODB_URI to a server of your own`
    : `Look at mongodb-keeper.log beside ${dbPath}, or set MONGODB_URI to a server of your own`;
  const why = said ?? reason;
  return new MongoUnavailableError([{ way: label, reason: `it did not start: ${why}`, remedy }]);
}
