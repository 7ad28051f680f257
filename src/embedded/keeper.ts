/** The keeper: owns the embedded server of one data directory for as long as somebody uses it. */
import { once } from "node:events";
import { rmSync } from "node:fs";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { keeperAddress } from "./address.ts";
import { type FailedCandidate, MongoUnavailableError } from "./errors.ts";
import { isStrangers, LOCK_TAKEN } from "./lock-holder.ts";
import { ALIVE_EVERY_MS, encode, type KeeperMessage, type KeeperOptions } from "./protocol.ts";
import { type RunningServer, startServer } from "./server.ts";
import { chooseServer, dataFolder } from "./ways.ts";

const LOCK_WAIT_MS = 55_000;
/** An earlier keeper of this user may be waited for; a stranger is given no longer than this. */
const STRANGER_MS = 5_000;
/** From then on: it takes a look at all processes. */
const LOCK_POLL_MS = 500;
const LINGER_MS = 300;
const FAREWELL_MS = 1_000;
/** A keeper that nobody ever spoke to. */
const UNUSED_MS = 5_000;

const options = JSON.parse(process.argv[2] ?? "{}") as KeeperOptions;
const address = keeperAddress(options.dataDir);
const abort = new AbortController();
const clients = new Set<net.Socket>();
let latest: KeeperMessage = { type: "alive" };
let running: RunningServer | null = null;
let stopping = false;
let linger: NodeJS.Timeout | undefined;

function logLine(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${process.pid} ${message}\n`);
}

function tell(message: KeeperMessage): void {
  latest = message;
  for (const client of clients) client.write(encode(message));
}

/** Waits for the one place there is; null when another keeper has it and serves, or when it is not to be had. */
async function becomeTheKeeper(): Promise<net.Server | null> {
  const since = Date.now();
  while (!isInVain(Date.now() - since)) {
    if (await answers(address.socket)) return null;
    if (address.lock === null || (await listen(address.lock))) {
      if (process.platform !== "win32") rmSync(address.socket, { force: true });
      return listen(address.socket);
    }
    await sleep(Date.now() - since > STRANGER_MS ? LOCK_POLL_MS : 30);
  }
  logLine("the lock is taken, but its owner neither serves nor exits");
  process.exitCode = LOCK_TAKEN;
  return null;
}

function isInVain(waitedMs: number): boolean {
  if (waitedMs > LOCK_WAIT_MS) return true;
  return address.lock !== null && waitedMs > STRANGER_MS && isStrangers(address.lock);
}

/** A listening server, or null when somebody else has the place. */
async function listen(at: string): Promise<net.Server | null> {
  const server = net.createServer();
  try {
    const listening = once(server, "listening");
    server.listen(at);
    await listening;
    return server;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return null;
    throw error;
  }
}

async function answers(at: string): Promise<boolean> {
  const socket = net.connect(at);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function welcome(client: net.Socket): void {
  clearTimeout(linger);
  clients.add(client);
  client.on("error", () => undefined);
  client.resume();
  client.write(encode(latest));
  client.once("close", () => {
    clients.delete(client);
    if (clients.size === 0) stopSoon(LINGER_MS);
  });
}

function stopSoon(ms: number): void {
  clearTimeout(linger);
  linger = setTimeout(() => void stopServer("no client is left"), ms);
}

/** Nobody new is let in first: a late client finds no socket and starts the next keeper, which waits. */
async function stopServer(reason: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  logLine(`stopping: ${reason}`);
  place?.close();
  abort.abort(new Error(reason));
  for (const client of clients) client.end();
  await starting.catch(() => undefined);
  await running?.stop();
  await Promise.race([allGone(), sleep(FAREWELL_MS)]);
  logLine("stopped");
  process.exit(0);
}

/** Clients leave when they have read the last word. */
async function allGone(): Promise<void> {
  while (clients.size > 0) await sleep(10);
}

async function supervise(): Promise<void> {
  const onProgress = (progress: { step: string; detail?: string }) => {
    logLine(progress.step);
    tell({ type: "progress", ...progress });
  };
  const alive = setInterval(() => {
    for (const client of clients) client.write(encode({ type: "alive" }));
  }, ALIVE_EVERY_MS);
  try {
    const choice = await chooseServer({ env: process.env, ...options, onProgress, signal: abort.signal });
    onProgress({ step: "Starting the embedded database" });
    running = await startServer(choice, options.dataDir, options.durable);
    void running.exited.then(() => stopServer("the server ended"));
    const description = `${choice.label}, data in ${dataFolder(options.dataDir, choice.kind)}`;
    logLine(`ready: ${description}`);
    tell({ type: "ready", uri: running.uri, kind: choice.kind, description });
  } finally {
    clearInterval(alive);
  }
}

function failedAttempts(error: unknown): readonly FailedCandidate[] {
  if (error instanceof MongoUnavailableError) return error.attempts;
  const reason = error instanceof Error ? error.message : String(error);
  return [{ way: "Embedded database", reason, remedy: "Set MONGODB_URI to a server of your own" }];
}

const place = await becomeTheKeeper();
if (!place) process.exit();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stopServer(signal));
process.on("SIGHUP", () => undefined);
place.on("connection", welcome);
logLine("started");
stopSoon(UNUSED_MS);
const starting = supervise();
starting.catch(async (error: unknown) => {
  if (stopping) return;
  logLine(error instanceof Error ? error.message : String(error));
  tell({ type: "failed", attempts: failedAttempts(error) });
  if (clients.size === 0) await Promise.race([once(place, "connection"), sleep(FAREWELL_MS)]);
  await stopServer("there is no server to keep");
});
