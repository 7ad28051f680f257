import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { createPool } from "./sql.ts";

/** Recovery after a crash replays the log: it can take longer than a clean start. */
const READY_LIMIT_MS = 110_000;
const LOCK_WAIT_S = 20;
const LOCKED = 75;
/** Shorter than the ten seconds after which mongodb-memory-server kills. */
const STOP_LIMIT_MS = 8_000;
/** After five seconds PostgreSQL itself kills its processes that have not ended. */
const QUIT_LIMIT_MS = 7_000;
const READY = "ready to accept connections";
const POSTGRES_DISK_FULL = /(?:PANIC|FATAL): .*No space left on device/;
const SUN_PATH_MAX = 107;
/** Where PostgreSQL, in its root, has its socket. */
const SOCKETS = "/run/postgresql";

export interface Cluster {
  readonly pool: pg.Pool;
  /** Resolves when PostgreSQL has exited, for any reason. */
  readonly exited: Promise<void>;
  lastWords(): string;
  /** Whether it crashed, or ended, because there was no room. */
  isDiskFull(): boolean;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  readonly root: string;
  readonly dbpath: string;
  /** False makes it faster and lets a power cut destroy the data. */
  readonly durable: boolean;
}

/** Starts PostgreSQL on the data in `dbpath`, creating them at the first start. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  mkdirSync(options.dbpath, { recursive: true });
  const dbpath = realpathSync(options.dbpath);
  requireSameMajorVersion(options.root, dbpath);
  const name = createHash("sha256").update(dbpath).digest("hex").slice(0, 12);
  const socketDir = socketFolder(options.root, name);
  const postgres = launch({ ...options, dbpath }, name);
  const said = tailOf(postgres.stderr);
  const words = () => lastLines(said());
  const exited = new Promise<void>((resolve) => postgres.once("exit", () => resolve()));
  const pool = createPool(socketDir);
  try {
    await untilReady(pool, postgres, dbpath, words);
  } catch (error) {
    postgres.kill("SIGQUIT");
    await pool.end();
    throw error;
  }
  return {
    pool,
    exited,
    lastWords: words,
    isDiskFull: () => POSTGRES_DISK_FULL.test(sinceReady(said())),
    stop: () => stopPostgres(postgres, exited, socketDir),
  };
}

function requireSameMajorVersion(root: string, dbpath: string): void {
  const of = (folder: string) => readVersion(path.join(folder, "PG_VERSION"));
  const [program, data] = [of(path.join(root, "template")), of(path.join(dbpath, "cluster"))];
  if (data === null || data === program) return;
  throw new Error(
    `${dbpath} was written by PostgreSQL ${data}, this is ${program}: move it away and load again`,
  );
}

function readVersion(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return null;
  }
}

function socketFolder(root: string, name: string): string {
  const folder = path.join(root, "sockets", name);
  if (Buffer.byteLength(`${folder}/.s.PGSQL.5432`) <= SUN_PATH_MAX) return folder;
  throw new Error(`${root} is too long a path for a Unix socket below it: choose a shorter DOCUMENTDB_ROOT`);
}

/**
 * Lock → private mounts → chroot → unprivileged user → PostgreSQL, each replacing the one before, so that the
 * child's id is PostgreSQL's own. The lock is inherited by all of PostgreSQL's processes: it is free only when
 * the last of them is gone. The mounts exist for these processes alone and vanish with them. When the gateway dies
 * PostgreSQL ends at once (QUIT) and replays its log at the next start: an orderly end may hang on a full disk.
 */
const LAUNCH = `
  ROOT=$1 DB=$2 NAME=$3 SOCKETS=$4 GATEWAY=$5; shift 5
  if [ ! -d "$DB/cluster" ]; then
    rm -rf "$DB/cluster.new"
    cp -a --reflink=auto "$ROOT/template" "$DB/cluster.new"
    sync -f "$DB"
    mv "$DB/cluster.new" "$DB/cluster"
  fi
  # We hold the lock, so a living process with the recorded number is a stranger that inherited the number.
  if PID=$(head -n1 "$DB/cluster/postmaster.pid" 2>/dev/null) && [ -d "/proc/$PID" ]; then
    rm -f "$DB/cluster/postmaster.pid"
  fi
  # PostgreSQL sees its socket in its own run folder; from outside only root gets to it.
  install -d -m 700 "$ROOT/sockets"
  rm -rf "$ROOT/sockets/$NAME"
  install -d -m 700 "$ROOT/sockets/$NAME"
  chown --reference="$ROOT/data" "$ROOT/sockets/$NAME"
  mkdir -p "$ROOT$SOCKETS"
  mount --bind "$ROOT/sockets/$NAME" "$ROOT$SOCKETS"
  mount -t tmpfs -o mode=1777 tmpfs "$ROOT/dev/shm"
  mount --bind "$DB/cluster" "$ROOT/data"
  exec chroot --userspec=postgres:postgres "$ROOT" /usr/bin/setpriv --pdeathsig QUIT /bin/sh -c '
    [ "$PPID" = "$1" ] || exit 1 # the gateway died before its death could be noticed
    shift
    exec /pgbin/postgres "$@"
  ' sh "$GATEWAY" "$@"
`;

function launch(
  { root, dbpath, durable }: ClusterOptions,
  name: string,
): ChildProcess & { stderr: Readable } {
  const lock = [
    "--no-fork",
    "-w",
    String(LOCK_WAIT_S),
    "-E",
    String(LOCKED),
    path.join(dbpath, "standin.lock"),
  ];
  const script = [
    "unshare",
    "--mount",
    "sh",
    "-eu",
    "-c",
    LAUNCH,
    "sh",
    root,
    dbpath,
    name,
    SOCKETS,
    String(process.pid),
  ];
  const args = [...lock, ...script, ...postgresArguments(durable)];
  return spawn("flock", args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
}

function postgresArguments(durable: boolean): string[] {
  const onOff = durable ? "on" : "off";
  const settings = {
    "documentdb.localhost_connection_string": `host=${SOCKETS}`,
    // Its indexes give documents in their order; results of the extension's default indexes have to be sorted.
    shared_preload_libraries: "pg_cron,pg_documentdb_core,pg_documentdb,pg_documentdb_extended_rum",
    "documentdb.alternate_index_handler_name": "extended_rum",
    fsync: onOff,
    synchronous_commit: onOff,
    full_page_writes: onOff,
    shared_buffers: "128MB",
    max_wal_size: "512MB",
    jit: "off",
    autovacuum_naptime: "15s",
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  return ["-D", "/data", "-k", SOCKETS, ...flags];
}

async function untilReady(
  pool: pg.Pool,
  postgres: ChildProcess,
  dbpath: string,
  words: () => string,
): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  for (;;) {
    if (postgres.exitCode === LOCKED) throw new Error(`${dbpath} is in use by another server`);
    if (postgres.exitCode !== null || postgres.signalCode !== null)
      throw new Error(`PostgreSQL did not start: ${words()}`);
    try {
      await pool.query("CREATE EXTENSION IF NOT EXISTS documentdb_extended_rum");
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`PostgreSQL is not ready: ${words()}`, { cause: error });
    }
    await sleep(20);
  }
}

async function stopPostgres(postgres: ChildProcess, exited: Promise<void>, socketDir: string): Promise<void> {
  postgres.kill("SIGINT");
  const impatience = setTimeout(() => postgres.kill("SIGQUIT"), STOP_LIMIT_MS);
  const despair = setTimeout(() => killAll(postgres), STOP_LIMIT_MS + QUIT_LIMIT_MS);
  await exited;
  clearTimeout(impatience);
  clearTimeout(despair);
  rmSync(socketDir, { recursive: true, force: true });
}

/** Each of its processes holds the lock, and none is in its group: PostgreSQL gives each a session of its own. */
function killAll(postgres: ChildProcess): void {
  const children = childrenOf(postgres);
  postgres.kill("SIGKILL");
  for (const pid of children) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it has ended meanwhile
    }
  }
}

function childrenOf({ pid }: ChildProcess): number[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return (listed.match(/\d+/g) ?? []).map(Number);
  } catch {
    return [];
  }
}

/** What PostgreSQL said last. */
function tailOf(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text = (text + chunk).slice(-2_000);
  });
  return () => text;
}

/** For error messages. */
function lastLines(text: string): string {
  return text.trim().split("\n").slice(-5).join(" / ");
}

/** What it said of an earlier crash, after which it started again, means nothing any more. */
function sinceReady(text: string): string {
  return text.slice(text.lastIndexOf(READY) + 1);
}
