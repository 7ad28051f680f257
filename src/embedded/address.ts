import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";

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
  mkdirSync(dataDir, { recursive: true });
  const name = createHash("sha256").update(realpathSync(dataDir)).digest("hex").slice(0, 16);
  if (process.platform === "win32") return { socket: `\\\\.\\pipe\\hostaway-sync-${name}`, lock: null };
  const folder = privateFolder();
  const lock = process.platform === "linux" ? `\0${folder}/${name}` : null;
  return { socket: path.join(folder, `${name}.sock`), lock };
}

/** Not `os.tmpdir()`: a cron job and a shell may disagree about it. */
function privateFolder(): string {
  const { uid } = userInfo();
  const folder = `/tmp/hostaway-sync-${uid}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return folder;
  throw new Error(`${folder} must be a directory that nobody else can enter: remove it`);
}
