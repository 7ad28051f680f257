import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { MongoUnavailableError } from "./errors.ts";

export interface KeeperAddress {
  /** Where the keeper listens. */
  readonly socket: string;
  /**
   * Bound by the one keeper that may exist, from its start until its server is gone. The kernel frees it when
   * the process dies, however it dies. Null where the platform has no such thing.
   */
  readonly lock: string | null;
}

/** The address of a data directory's keeper: the same for every command, whatever its environment. */
export function keeperAddress(dataDir: string): KeeperAddress {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(realpathSync(dataDir)).digest("hex").slice(0, 16);
  if (process.platform === "win32") return { socket: `\\\\.\\pipe\\hostaway-sync-${name}`, lock: null };
  const folder = privateFolder();
  const lock = process.platform === "linux" ? `\0${folder}/${name}` : null;
  return { socket: path.join(folder, `${name}.sock`), lock };
}

/**
 * Not `os.tmpdir()`: a cron job and a shell may disagree about it. Nor `os.userInfo()`: a container may run under a
 * number that no user has.
 */
function privateFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const folder = `/tmp/hostaway-sync-${uid}`;
  const found = lstatSync(folder, { throwIfNoEntry: false }) ?? madeFolder(folder);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return folder;
  throw new MongoUnavailableError([
    {
      way: "embedded server",
      reason: `${folder} is not a folder that user ${uid} alone can enter`,
      remedy: "Remove it, ask its owner to remove it, or set MONGODB_URI to a server of your own",
    },
  ]);
}

/** Two first commands may make it at the same time. */
function madeFolder(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return lstatSync(folder);
}
