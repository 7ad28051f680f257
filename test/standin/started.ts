import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { compiled } from "../../src/embedded/standin-binary.ts";
import { obstacle, readMachine } from "../../src/standin/debian.ts";

/** Why the stand-in cannot run here, or null. */
export const hindrance = obstacle(readMachine());
if (hindrance !== null) process.stderr.write(`stand-in tests are skipped: ${hindrance}\n`);

export interface Mongod {
  readonly process: ChildProcess;
  readonly port: number;
}

const started: ChildProcess[] = [];
const folders: string[] = [];

export async function endAll(): Promise<void> {
  for (const child of started.splice(0)) await end(child, "SIGTERM");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "standin-"));
  folders.push(folder);
  return folder;
}

export async function startMongod(dbpath: string): Promise<Mongod> {
  const args = [compiled("standin/mongod.js"), "--port", "0", "--dbpath", dbpath, "--noauth"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("Waiting for connections")) break;
  }
  return { process: child, port: Number(output.match(/Listening on [\d.]+:(\d+)/)?.[1]) };
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

export async function withClient<T>({ port }: Mongod, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(`mongodb://127.0.0.1:${port}/`, {
    serverSelectionTimeoutMS: 5_000,
  });
  return use(client).finally(() => client.close());
}

/** The number of the main process. */
export function postgresOf(dbpath: string): number {
  return Number(readFileSync(path.join(dbpath, "cluster", "postmaster.pid"), "utf8").split("\n")[0]);
}

export async function gone(pid: number): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(20);
  }
  return false;
}

/** The numbers of those of its processes whose title has this in it, such as "checkpointer". */
export function childrenOf(postgres: number, title: string): number[] {
  const children = readFileSync(`/proc/${postgres}/task/${postgres}/children`, "utf8").trim().split(" ");
  return children.map(Number).filter((pid) => titleOf(pid).includes(title));
}

function titleOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
