import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statfsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { debianMirror } from "./debian.ts";
import { OWN_MARK, requireOurs } from "./ours.ts";

/** Change it whenever the steps below change: roots of another format are built anew. */
const FORMAT = "1";
const ROOM_NEEDED_MB = 1_300;
const PROVISION_LOCK_WAIT_S = 1_200;
const PROVISION_LIMIT_MS = 30 * 60_000;

export interface ProvisionStep {
  readonly step: string;
  readonly detail?: string;
}

export interface ProvisionOptions {
  readonly root: string;
  readonly onStep?: (step: ProvisionStep) => void;
  readonly signal?: AbortSignal;
  /** The source of Debian packages; by default that of the machine's own apt. */
  readonly mirror?: string | null;
}

export function rootFolder(env: NodeJS.ProcessEnv): string {
  return path.resolve(env["DOCUMENTDB_ROOT"] || "/var/cache/hostaway-sync/documentdb");
}

export function isProvisioned(root: string): boolean {
  try {
    return readFileSync(path.join(root, ".ready"), "utf8").trim() === FORMAT;
  } catch {
    return false;
  }
}

/**
 * Builds the private root, once. It is built beside its place and moved there at the very end, under a lock
 * that the kernel drops when the last process of the build is gone: an aborted build leaves nothing that
 * counts, and two processes cannot build at once.
 */
export async function provision(options: ProvisionOptions): Promise<void> {
  const { root, onStep = () => undefined } = options;
  if (isProvisioned(root)) return;
  options.signal?.throwIfAborted();
  for (const folder of [root, `${root}.building`]) requireNotForeign(folder);
  mkdirSync(path.dirname(root), { recursive: true });
  requireRoom(path.dirname(root));
  const mirror = options.mirror ?? debianMirror();
  if (!mirror) throw new Error("no Debian mirror found in this machine's apt sources");
  onStep({
    step: "Setting up the embedded database (once)",
    detail: `about a minute, 830 MB in ${root}`,
  });
  await build(options, mirror, onStep);
  if (!isProvisioned(root)) throw new Error(`the set-up of ${root} did not finish; see ${root}.log`);
}

function requireNotForeign(folder: string): void {
  try {
    requireOurs(folder, [".ready"]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}. DOCUMENTDB_ROOT must be a new or empty folder`);
  }
}

function requireRoom(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const megabytes = Math.floor((bavail * bsize) / 1e6);
  if (megabytes >= ROOM_NEEDED_MB) return;
  throw new Error(`${folder} has ${megabytes} MB free; ${ROOM_NEEDED_MB} MB are needed`);
}

async function build(
  { root, signal }: ProvisionOptions,
  mirror: string,
  onStep: (step: ProvisionStep) => void,
): Promise<void> {
  const log = openSync(`${root}.log`, "a");
  const child = spawn(
    "flock",
    [
      "-w",
      String(PROVISION_LOCK_WAIT_S),
      `${root}.lock`,
      "unshare",
      "--mount",
      "sh",
      "-eu",
      "-c",
      SCRIPT,
      "sh",
      root,
      mirror,
    ],
    { stdio: ["ignore", log, log, "pipe"], detached: true, env: { ...process.env, LC_ALL: "C.UTF-8" } },
  );
  closeSync(log);
  const stop = () => child.pid !== undefined && process.kill(-child.pid, "SIGTERM");
  const limit = setTimeout(stop, PROVISION_LIMIT_MS);
  signal?.addEventListener("abort", stop);
  try {
    const ended = once(child, "exit");
    for await (const line of outputLines(child.stdio[3])) onStep({ step: line });
    const [code] = await ended;
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`set-up failed (exit ${code}); ${lastLogLines(`${root}.log`)}`);
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener("abort", stop);
  }
}

function outputLines(stream: unknown): AsyncIterable<string> {
  return createInterface({ input: stream as Readable });
}

function lastLogLines(file: string): string {
  if (!existsSync(file)) return `see ${file}`;
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return `${lines.slice(-3).join(" / ").slice(-600)} (all of it: ${file})`;
}

const PROVISION_STEPS: readonly { readonly say: string; readonly run: string }[] = [
  {
    say: "Preparing",
    run: `
      clear_ours "$NEW"
      mkdir -p "$NEW"
      touch "$NEW/${OWN_MARK}"
      eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
      export http_proxy="\${http_proxy:-}" https_proxy="\${https_proxy:-}" DEBIAN_FRONTEND=noninteractive
      command -v debootstrap || {
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends debootstrap
      }`,
  },
  {
    say: "Installing a minimal Debian (1 of 3, about 15 s)",
    run: `
      case $MIRROR in https:*) EXTRA=--include=ca-certificates ;; *) EXTRA= ;; esac
      debootstrap --variant=minbase $EXTRA sid "$NEW" "$MIRROR"
      mount -t proc proc "$NEW/proc"`,
  },
  {
    // Its release file may be past its date on a frozen mirror: apt is told so, in this root alone.
    say: "Installing PostgreSQL and DocumentDB (2 of 3, about 20 s)",
    run: `
      echo 'Acquire::Check-Valid-Until "false";' >"$NEW/etc/apt/apt.conf.d/99frozen"
      printf '#!/bin/sh\\nexit 101\\n' >"$NEW/usr/sbin/policy-rc.d"
      chmod +x "$NEW/usr/sbin/policy-rc.d"
      chroot "$NEW" sh -eu -c '
        apt-get update -qq
        PACKAGE=$(apt-cache search -n "^postgresql-[0-9]+-documentdb$" | sort -V | tail -n1 | cut -d" " -f1)
        apt-get install -y -qq --no-install-recommends "$PACKAGE"
        rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
        ln -sfn "$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n1)" /pgbin
        install -d -o postgres -g postgres /template /data'`,
  },
  {
    say: "Creating an empty database (3 of 3, about 5 s)",
    run: `
      chroot "$NEW" su postgres -c "/pgbin/initdb -D /template -A trust -E UTF8 --locale=C.UTF-8 --no-sync"
      {
        echo "listen_addresses = ''"
        echo "shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'"
        echo "cron.database_name = 'postgres'"
        echo "cron.use_background_workers = on"
        echo "max_worker_processes = 16"
        echo "max_connections = 200"
      } >>"$NEW/template/postgresql.conf"
      chroot "$NEW" su postgres -c "
        /pgbin/pg_ctl -D /template -o '-k /template' -w start &&
        /pgbin/psql -h /template -qc 'CREATE EXTENSION documentdb CASCADE' &&
        /pgbin/pg_ctl -D /template -w -m fast stop"`,
  },
  {
    say: "Finishing",
    run: `
      umount "$NEW/proc"
      echo ${FORMAT} >"$NEW/.ready"
      sync -f "$NEW"
      clear_ours "$ROOT"
      mv -T "$NEW" "$ROOT"`,
  },
];

/** Looks once more, at the last moment: whatever is not marked as ours stays, and ends the set-up. */
const CLEAR_OURS = `clear_ours() {
  if [ -e "$1/${OWN_MARK}" ] || [ -e "$1/.ready" ]; then rm -rf --one-file-system "$1"; fi
  if [ -e "$1" ]; then rmdir "$1"; fi
}`;

/** One shell process, so that everything it starts inherits the lock. Steps are announced on descriptor 3. */
const SCRIPT = [
  'ROOT=$1 MIRROR=$2 NEW="$1.building"',
  CLEAR_OURS,
  `[ "$(cat "$ROOT/.ready" 2>/dev/null)" = ${FORMAT} ] && exit 0`,
  ...PROVISION_STEPS.map(({ say, run }) => `echo '${say}' >&3\n${run}`),
].join("\n");
