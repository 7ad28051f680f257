import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  type Stats,
  statSync,
} from "node:fs";
import path from "node:path";
import { MongoUnavailableError } from "./errors.ts";

/** All that the program keeps in a DATA_DIR. */
const KEPT = /^mongodb-(?:mongod|standin|keeper\.log|keeper\.log\.1)$/;

/** A container's file system may be read-only, and its user may own nothing: then the way is a server elsewhere. */
export function requireWritableFolder(dataDir: string): void {
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

/**
 * Earlier versions let everybody look into it. A DATA_DIR that holds anything else, or nothing yet, stays as it is: its
 * owner decided who may enter.
 */
export function closeToOthers(dataDir: string): void {
  const names = readdirSync(dataDir);
  if (names.length > 0 && names.every((name) => KEPT.test(name))) takeRights(dataDir, 0o700);
  for (const name of names)
    if (name.startsWith("mongodb-keeper.log")) takeRights(path.join(dataDir, name), 0o600);
}

function takeRights(at: string, mode: number): void {
  const there = found(lstatSync, at);
  if (there && !there.isSymbolicLink() && there.uid === process.getuid?.()) chmodSync(at, mode);
}
