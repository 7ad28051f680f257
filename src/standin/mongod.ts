#!/usr/bin/env node
/** The stand-in for `mongod`: see README.md in this folder. */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startCluster } from "./cluster.ts";
import { createDispatch, SERVER_VERSION } from "./commands.ts";
import { startGateway } from "./gateway.ts";
import { provision, rootFolder } from "./provision.ts";

const CLOSE_LIMIT_MS = 300;

const { values } = parseArgs({
  strict: false, // mongod has many more flags; they mean nothing here
  options: {
    port: { type: "string" },
    dbpath: { type: "string" },
    bind_ip: { type: "string" },
    version: { type: "boolean" },
  },
});

function textOption(value: string | boolean | undefined, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}

for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined); // nobody reads it

/** One line in mongod's log format: mongodb-memory-server waits for "Waiting for connections". */
function logStandin(message: string): void {
  const line = {
    t: { $date: new Date().toISOString() },
    s: "I",
    c: "NETWORK",
    ctx: "listener",
    msg: message,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function runStandin(): Promise<void> {
  const root = rootFolder(process.env);
  await provision({ root, onStep: ({ step }) => logStandin(step) });
  const dbpath = textOption(values["dbpath"], "/data/db");
  const durable = process.env["STANDIN_DURABILITY"] !== "off";
  const cluster = await startCluster({ root, dbpath, durable });
  const dispatch = createDispatch(cluster);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await gateway.close();
    dispatch.close();
    await cluster.stop();
    process.exit(0);
  };
  void cluster.exited.then(async () => {
    await sleep(CLOSE_LIMIT_MS); // whoever waits for an answer is told
    if (!stopping) fail(new Error(`PostgreSQL ended: ${cluster.lastWords()}`));
  });
  const host = textOption(values["bind_ip"], "127.0.0.1").split(",")[0] ?? "127.0.0.1";
  const port = Number(textOption(values["port"], "27017"));
  const gateway = await startGateway({ host, port, dispatch: dispatch.run, onBadConnection: logStandin });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  logStandin(`Listening on ${host}:${gateway.port}`);
  logStandin("Waiting for connections");
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

if (values["version"]) {
  process.stdout.write(
    `db version v${SERVER_VERSION}\nBuild Info: ${JSON.stringify({ version: SERVER_VERSION, modules: ["documentdb"] })}\n`,
  );
} else {
  runStandin().catch(fail);
}
