import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { MongoUnavailableError } from "./errors.ts";

/** The keeper ends like this when the lock of its data directory stays taken. */
export const LOCK_TAKEN = 75;

export interface LockHolder {
  readonly pid: number;
  readonly user: number;
  readonly program: string;
}

/**
 * The process that listens at an abstract socket's name. Null without a process, or for a process of another
 * user, which this user cannot inspect.
 */
export function holderOf(lock: string): LockHolder | null {
  const inode = inodeOf(lock);
  if (inode === null) return null;
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && hasOpen(name, `socket:[${inode}]`));
  if (pid === undefined) return null;
  return {
    pid: Number(pid),
    user: statSync(`/proc/${pid}`).uid,
    program: readFileSync(`/proc/${pid}/comm`, "utf8").trim(),
  };
}

/** Whether somebody else than this user has it: then it is not a keeper, and waiting for its end is in vain. */
export function isStrangers(lock: string): boolean {
  const holder = holderOf(lock);
  return holder ? holder.user !== process.getuid?.() : inodeOf(lock) !== null;
}

export function lockTaken(lock: string, dataDir: string): MongoUnavailableError {
  const holder = holderOf(lock);
  const who = holder
    ? `process ${holder.pid} (${holder.program}) of user ${holder.user}`
    : "a process that cannot be seen from here, of another user or in another container,";
  return new MongoUnavailableError([
    {
      way: "embedded server",
      reason: `${who} holds the lock of ${dataDir}, and neither serves nor ends`,
      remedy: "End it, set DATA_DIR to another folder, or set MONGODB_URI to a server of your own",
    },
  ]);
}

/** The kernel's list has an "@" for each NUL byte of a name, also for those after its end. */
function inodeOf(lock: string): string | null {
  const name = lock.replace("\0", "@");
  for (const line of readFileSync("/proc/net/unix", "utf8").split("\n")) {
    const [, , , , , , inode, at = ""] = line.trim().split(/\s+/);
    if (inode !== undefined && at.replace(/@+$/, "") === name) return inode;
  }
  return null;
}

function hasOpen(pid: string, target: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => readlinkSync(`${folder}/${fd}`) === target);
  } catch {
    return false; // it has ended, or is another user's
  }
}
