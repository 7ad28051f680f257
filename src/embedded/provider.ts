import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { keeperAddress } from "./address.ts";
import { closeToOthers, requireWritableFolder } from "./data-dir.ts";
import { MongoUnavailableError } from "./errors.ts";
import { LOCK_TAKEN, lockTaken } from "./lock-holder.ts";
import { ALIVE_EVERY_MS, decodeMessage, type KeeperMessage, type KeeperOptions } from "./protocol.ts";
import { compiled } from "./standin-binary.ts";

export { type FailedCandidate, MongoUnavailableError } from "./errors.ts";

/** A first start may download or install a server. */
const LIMIT_MS = 45 * 60_000;
const SILENCE_MS = 6 * ALIVE_EVERY_MS;
const RETRY_MS = 30;
const LOG_MAX_BYTES = 256 * 1024;

/** A MongoDB server for as long as this is not disposed of. */
export interface MongoEndpoint extends AsyncDisposable {
  /** For the official driver. */
  readonly uri: string;
  readonly kind: "configured" | "mongod" | "standin";
  /** For people; holds no credentials. */
  readonly description: string;
}

export type ProviderProgress = { readonly step: string; readonly detail?: string };

export interface OpenMongoOptions {
  /** Used as it is when given; otherwise a server is started. */
  readonly uri: string | null;
  readonly dataDir: string;
  readonly onProgress?: (progress: ProviderProgress) => void;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  /** False only for data that may be lost in a power cut. */
  readonly durable?: boolean;
}

/** Finds or starts a MongoDB server. Commands on the same data directory share one. */
export async function openMongo(options: OpenMongoOptions): Promise<MongoEndpoint> {
  options.signal?.throwIfAborted();
  if (options.uri !== null) return configured(options.uri);
  const dataDir = path.resolve(options.dataDir);
  const limit = AbortSignal.timeout(LIMIT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  return startEmbedded({ ...options, dataDir, signal });
}

function configured(uri: string): MongoEndpoint {
  const hosts = uri.replace(/^mongodb(\+srv)?:\/\//, "").replace(/^.*@/, "");
  const shown = hosts.match(/^[\w.,:[\]-]+/)?.[0] ?? "the configured address";
  return {
    uri,
    kind: "configured",
    description: `MongoDB at ${shown}`,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

type EmbeddedOptions = OpenMongoOptions & { readonly signal: AbortSignal };

/** Joins the data directory's keeper, starting one where there is none, until one gives an answer. */
async function startEmbedded(options: EmbeddedOptions): Promise<MongoEndpoint> {
  try {
    return await joinOrStart(options);
  } catch (error) {
    // Without a lock (see `KeeperAddress`) two first commands may start two servers; the second one finds the first at the next look.
    if (process.platform === "linux" || !(error instanceof MongoUnavailableError)) throw error;
    return await joinOrStart(options);
  }
}

async function joinOrStart(options: EmbeddedOptions): Promise<MongoEndpoint> {
  requireWritableFolder(options.dataDir);
  const { socket: at, lock } = keeperAddress(options.dataDir);
  let keeper: StartedKeeper | null = null;
  for (;;) {
    options.signal.throwIfAborted();
    const socket = await connectToKeeper(at);
    const endpoint = socket && (await join(socket, options));
    if (endpoint) return endpoint;
    if (lock !== null && keeper?.exitCode === LOCK_TAKEN) throw lockTaken(lock, options.dataDir);
    if (!socket && (keeper === null || keeper.ended)) keeper = startKeeper(options);
    await sleep(RETRY_MS);
  }
}

async function connectToKeeper(at: string): Promise<net.Socket | null> {
  const socket = net.connect(at);
  try {
    await once(socket, "connect");
    return socket;
  } catch {
    return null;
  }
}

/** Listens to the keeper until it is ready. Null when it ended first: it was about to stop. */
async function join(
  socket: net.Socket,
  { signal, onProgress }: EmbeddedOptions,
): Promise<MongoEndpoint | null> {
  const abort = () => socket.destroy();
  signal.addEventListener("abort", abort);
  socket.setTimeout(SILENCE_MS, abort);
  socket.on("error", () => undefined);
  let joined: MongoEndpoint | null = null;
  try {
    for await (const message of decodeMessage(socket)) {
      joined = heed(message, socket, onProgress);
      if (joined) return joined;
    }
    return null;
  } catch (error) {
    if (error instanceof MongoUnavailableError) throw error;
    return null; // the connection broke: the keeper was leaving, or was killed
  } finally {
    signal.removeEventListener("abort", abort);
    if (!joined) socket.destroy();
  }
}

function heed(
  message: KeeperMessage,
  socket: net.Socket,
  onProgress: OpenMongoOptions["onProgress"],
): MongoEndpoint | null {
  switch (message.type) {
    case "alive":
      return null;
    case "progress":
      onProgress?.({
        step: message.step,
        ...(message.detail === undefined ? {} : { detail: message.detail }),
      });
      return null;
    case "failed":
      throw new MongoUnavailableError(message.attempts);
    case "ready":
      return endpointOf(message, socket);
  }
}

function endpointOf(ready: Extract<KeeperMessage, { type: "ready" }>, socket: net.Socket): MongoEndpoint {
  const { uri, kind, description } = ready;
  socket.setTimeout(0);
  socket.unref(); // forgetting to dispose must not keep the process alive
  const leave = async () => {
    if (socket.destroyed) return;
    const closed = once(socket, "close");
    socket.destroy();
    await closed;
  };
  return { uri, kind, description, [Symbol.asyncDispose]: leave };
}

interface StartedKeeper {
  ended: boolean;
  exitCode: number | null;
}

/** A process of its own session: neither Ctrl-C in the terminal nor the end of this process reaches it. */
function startKeeper({ dataDir, env = process.env, durable = true }: EmbeddedOptions): StartedKeeper {
  const log = openLog(dataDir);
  const options: KeeperOptions = { dataDir, durable };
  const child = spawn(process.execPath, [compiled("embedded/keeper.js"), JSON.stringify(options)], {
    detached: true,
    stdio: ["ignore", log, log],
    // Else a console window opens beside every command.
    windowsHide: true,
    env,
  });
  closeSync(log);
  child.unref();
  const state: StartedKeeper = { ended: false, exitCode: null };
  child.once("exit", (code) => {
    state.ended = true;
    state.exitCode = code;
  });
  child.once("error", () => {
    state.ended = true;
  });
  return state;
}

function openLog(dataDir: string): number {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(dataDir, "mongodb-keeper.log");
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_MAX_BYTES) renameSync(file, `${file}.1`);
  closeToOthers(dataDir);
  return openSync(file, "a", 0o600);
}

/** Resolves when no server runs on a data directory any more. */
export async function keeperGone(dataDir: string, signal = AbortSignal.timeout(30_000)): Promise<void> {
  const { socket: at, lock } = keeperAddress(dataDir);
  // Knocking at the keeper's own socket makes it stay a little longer, so that is done rarely.
  const pause = lock === null ? 1_000 : RETRY_MS;
  for (;;) {
    const socket = await connectToKeeper(lock ?? at);
    if (socket === null) return;
    socket.destroy();
    await sleep(pause, undefined, { signal });
  }
}
