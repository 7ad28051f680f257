import { accessSync, constants, lstatSync, mkdirSync, type Stats, statSync } from "node:fs";
import path from "node:path";
import { MongoUnavailableError } from "./errors.ts";

/** A container's file system may be read-only, and its user may own nothing: then the way is a server elsewhere. */
export function requireWritable(dataDir: string): void {
  requireFolder(dataDir);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const reason = `its data would be kept in ${dataDir}, which cannot be written to (${code})`;
    const remedy = "Set MONGODB_URI, or set DATA_DIR to a folder that can be written to.";
    throw new MongoUnavailableError([{ way: "embedded server", reason, remedy }]);
  }
}

/** Throws, naming it, where a file stands in the place of a folder or of one above it. */
export function requireFolder(folder: string): void {
  const inTheWay = fileInTheWay(folder);
  if (inTheWay === null) return;
  const reason = `its data would be kept in ${folder}, but ${inTheWay} is a file, not a folder`;
  const remedy = "Move it away, or set DATA_DIR to another folder";
  throw new MongoUnavailableError([{ way: "embedded server", reason, remedy }]);
}

function fileInTheWay(at: string): string | null {
  if (found(statSync, at)?.isDirectory()) return null;
  // A link that leads nowhere is in the way, too.
  return found(lstatSync, at) ? at : fileInTheWay(path.dirname(at));
}

function found(look: (at: string) => Stats, at: string): Stats | null {
  try {
    return look(at);
  } catch {
    return null;
  }
}
