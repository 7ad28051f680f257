import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { DryMongoBinary, MongoBinary } from "mongodb-memory-server";
import { findOnPath, type Machine, obstacle, readMachine } from "../standin/debian.ts";
import { claimFolder, OWN_MARK } from "../standin/ours.ts";
import { isProvisioned, provision, rootFolder } from "../standin/provision.ts";
import { requireFolder } from "./data-dir.ts";
import { type FailedCandidate, MongoUnavailableError } from "./errors.ts";
import type { StartProgress } from "./protocol.ts";
import { standinBinary } from "./standin-binary.ts";

const PROBE_MS = 5_000;
const VERSION_MS = 15_000;
const DOWNLOAD_MS = 15 * 60_000;

// mongodb-memory-server checks certificates only where npm's configuration says so in as many words, which npm itself
// leaves out of the environment: a program that will be run must not come from whoever is in between.
process.env["npm_config_strict_ssl"] ??= "true";

const KINDS = ["mongod", "standin"] as const;
export type ServerKind = (typeof KINDS)[number];

/** A server that can be started. */
export interface Choice {
  readonly kind: ServerKind;
  readonly binary: string;
  /** For people: what it is and where it comes from. */
  readonly label: string;
}

export interface Situation {
  readonly env: NodeJS.ProcessEnv;
  readonly dataDir: string;
  readonly onProgress: (progress: StartProgress) => void;
  readonly signal: AbortSignal;
  /** What the stand-in needs to know; found out when not given. */
  readonly machine?: Machine;
}

/** One way to a server: gives it ready to start, or says why not. */
type ServerCandidate = (situation: Situation) => Promise<Choice | FailedCandidate>;

/** Where a kind of server keeps its data. Neither can read the other's. */
export function dataFolder(dataDir: string, kind: ServerKind): string {
  return path.join(dataDir, `mongodb-${kind}`);
}

/** By these the data of earlier versions are known, which left no mark. */
const SIGNS: Readonly<Record<ServerKind, readonly string[]>> = {
  mongod: ["WiredTiger", "storage.bson"],
  standin: ["cluster", "standin.lock"],
};

/** Throws where the folder holds something else. */
export function claimDataFolder(dataDir: string, kind: ServerKind): string {
  const folder = dataFolder(dataDir, kind);
  claimFolder(folder, SIGNS[kind]);
  return folder;
}

/** The first way that works. Data that are already there decide what may be started on them. */
export async function chooseServer(situation: Situation): Promise<Choice> {
  for (const kind of KINDS) requireFolder(dataFolder(situation.dataDir, kind));
  const before = await serverOfBefore(situation);
  if (before) return before;
  const attempts: FailedCandidate[] = [
    { way: "MONGODB_URI", reason: "not set", remedy: "Set it to the connection string of your own server" },
  ];
  for (const way of waysFor(situation)) {
    situation.signal.throwIfAborted();
    const found = await way(situation);
    if ("binary" in found) return found;
    attempts.push(found);
  }
  throw new MongoUnavailableError(attempts);
}

const LAST_SERVER = "server.json";

/**
 * The program that wrote the data last, if it still runs. Which one is found first may change, with a PATH that cron
 * does not have, say, and the data of one version are not opened by another.
 */
async function serverOfBefore({ env, dataDir }: Situation): Promise<Choice | null> {
  if (env["MONGOMS_SYSTEM_BINARY"] || !holdsData(dataDir, "mongod")) return null;
  try {
    const file = path.join(dataFolder(dataDir, "mongod"), LAST_SERVER);
    const { binary }: { binary?: unknown } = JSON.parse(readFileSync(file, "utf8"));
    if (typeof binary !== "string") return null;
    const found = await inspect(binary, "the server that wrote the data", "");
    return "binary" in found && found.kind === "mongod" ? found : null;
  } catch {
    return null;
  }
}

/** For the next start. */
export function rememberServer({ kind, binary }: Choice, dataDir: string): void {
  if (kind !== "mongod") return;
  writeFileSync(path.join(dataFolder(dataDir, kind), LAST_SERVER), `${JSON.stringify({ binary })}\n`);
}

/** A new way to a mongod must not make a database in the stand-in look empty overnight. */
function waysFor({ dataDir }: Situation): ServerCandidate[] {
  const standinFirst = holdsData(dataDir, "standin") && !holdsData(dataDir, "mongod");
  return standinFirst ? [systemBinary, standin, onPath, download] : [systemBinary, onPath, download, standin];
}

function holdsData(dataDir: string, kind: ServerKind): boolean {
  const folder = dataFolder(dataDir, kind);
  return existsSync(folder) && readdirSync(folder).some((name) => name !== OWN_MARK);
}

const systemBinary: ServerCandidate = async ({ env }) => {
  const way = "MONGOMS_SYSTEM_BINARY";
  const remedy = "Set it to the path of a mongod";
  const binary = env["MONGOMS_SYSTEM_BINARY"];
  if (!binary) return { way, reason: "not set", remedy };
  return inspect(path.resolve(binary), way, remedy);
};

const onPath: ServerCandidate = async ({ env }) => {
  const way = "mongod on the PATH";
  const remedy = "Install MongoDB on this machine";
  const binary = findOnPath("mongod", env);
  return binary ? inspect(binary, way, remedy) : { way, reason: "there is none", remedy };
};

/** Asks a program for its version: one that cannot even answer that is no server. */
async function inspect(binary: string, way: string, remedy: string): Promise<Choice | FailedCandidate> {
  try {
    accessSync(binary, constants.X_OK);
    const { stdout } = await promisify(execFile)(binary, ["--version"], { timeout: VERSION_MS });
    const version = stdout.match(/db version v?(\S+)/)?.[1] ?? "of unknown version";
    const kind = stdout.includes("documentdb") ? "standin" : "mongod";
    return { kind, binary, label: `MongoDB ${version} (${binary})` };
  } catch (error) {
    return { way, reason: `${binary} does not run: ${firstLine(error)}`, remedy };
  }
}

/** MongoDB is built for Debian on x86-64 only (platform table of its manual); Ubuntu's build for ARM has an older libc. */
function isDebianOnArm(): boolean {
  return process.platform === "linux" && process.arch === "arm64" && readMachine().distribution === "debian";
}

const download: ServerCandidate = async ({ env, onProgress, signal }) => {
  const way = "Download by mongodb-memory-server";
  const remedy = "Let this machine reach the download, or set MONGOMS_DOWNLOAD_MIRROR to one it can reach";
  try {
    if (isDebianOnArm()) process.env["MONGOMS_DISTRO"] ??= "ubuntu-22.04";
    const options = await DryMongoBinary.generateOptions();
    const cached = await DryMongoBinary.locateBinary(options);
    const label = `MongoDB ${options.version} (downloaded)`;
    if (cached) return labelled(await inspect(cached, way, BROKEN_DOWNLOAD), label);
    if (env["MONGOMS_RUNTIME_DOWNLOAD"] === "false") return { way, reason: "switched off", remedy };
    await probe(await downloadUrl(options), env);
    onProgress({ step: "Downloading MongoDB (once)", detail: `version ${options.version}` });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_MS)]);
    const binary = await abortable(MongoBinary.getPath(), limit);
    return labelled(await inspect(binary, way, BROKEN_DOWNLOAD), label);
  } catch (error) {
    signal.throwIfAborted();
    return { way, reason: firstLine(error), remedy };
  }
};

/** A program of MongoDB's may be there and not run: without libcurl, on a processor without AVX, for another libc. */
const BROKEN_DOWNLOAD =
  "Install what it lacks (Debian, Ubuntu: apt-get install libcurl4), or set MONGODB_URI to a server of your own";

function labelled(found: Choice | FailedCandidate, label: string): Choice | FailedCandidate {
  return "binary" in found ? { ...found, label } : found;
}

interface UrlBuilder {
  getDownloadUrl(): Promise<string>;
}

/** The very address mongodb-memory-server would download from; its package does not export the builder. */
async function downloadUrl(options: object): Promise<string> {
  const own = createRequire(import.meta.url);
  const core = createRequire(own.resolve("mongodb-memory-server"));
  const { MongoBinaryDownloadUrl } = core(
    "mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js",
  ) as { MongoBinaryDownloadUrl: new (from: object) => UrlBuilder };
  return new MongoBinaryDownloadUrl(options).getDownloadUrl();
}

/** Throws unless the download can be reached. */
async function probe(url: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { hostname, host } = new URL(url);
  const proxy = env["https_proxy"] || env["HTTPS_PROXY"] || env["http_proxy"] || env["HTTP_PROXY"];
  if (proxy) return probeProxy(proxy);
  const signal = AbortSignal.timeout(PROBE_MS);
  const response = await fetch(url, { method: "HEAD", signal }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause && typeof cause === "object" && "code" in cause ? cause.code : firstLine(cause);
    throw new Error(`${hostname} cannot be reached (${why})`);
  });
  if (response.status === 403 || response.status === 404)
    throw new Error(`there is no MongoDB for this system at ${host} (HTTP ${response.status})`);
  if (!response.ok) throw new Error(`${host} answers ${response.status}`);
}

/** Behind a proxy only the proxy can be probed; the download itself shows the rest. */
async function probeProxy(proxy: string): Promise<void> {
  const { hostname, port, protocol } = new URL(proxy);
  const socket = net.connect(Number(port || (protocol === "https:" ? 443 : 80)), hostname);
  const connected = new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("error", () => reject(new Error("the proxy cannot be reached")));
  });
  await abortable(connected, AbortSignal.timeout(PROBE_MS)).finally(() => socket.destroy());
}

const standin: ServerCandidate = async ({ env, dataDir, onProgress, signal, machine = readMachine(env) }) => {
  const way = "Stand-in from Debian packages";
  const remedy = "It needs Debian, root, the right to mount and 1.3 GB of disk";
  if (holdsData(dataDir, "mongod") && !holdsData(dataDir, "standin")) {
    const folder = dataFolder(dataDir, "mongod");
    return { way, reason: `${folder} holds the data of a real MongoDB, which it cannot read`, remedy };
  }
  const reason = obstacle(machine);
  if (reason !== null) return { way, reason, remedy };
  try {
    const root = rootFolder(env);
    if (!isProvisioned(root)) await provision({ root, onStep: onProgress, signal });
    const binary = standinBinary(claimDataFolder(dataDir, "standin"));
    return { kind: "standin", binary, label: "Stand-in for MongoDB (PostgreSQL with DocumentDB)" };
  } catch (error) {
    signal.throwIfAborted();
    return { way, reason: firstLine(error), remedy };
  }
};

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0] ?? "";
}
