import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A file of this name marks a folder that this program made: nothing else is ever cleared or replaced. */
export const OWN_MARK = ".hostaway-sync";

/**
 * Makes a folder ours: a new or an empty one, or one that bears our mark or, made by an earlier version, one of our
 * signs. Nobody else can look into it. Throws, naming it, for a folder that holds anything else.
 */
export function claimFolder(folder: string, signs: readonly string[] = []): void {
  requireOurs(folder, signs);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Earlier versions made it for everybody to read.
  if (statSync(folder).uid === process.getuid?.()) chmodSync(folder, 0o700);
  writeFileSync(path.join(folder, OWN_MARK), "This folder belongs to hostaway-sync, which may clear it.\n");
}

/** Throws for a folder that holds anything and bears no sign that this program made it. */
export function requireOurs(folder: string, signs: readonly string[] = []): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isDirectory() && !found.isSymbolicLink())
    throw new Error(`${folder} is a file: nothing was changed`);
  const names = readdirSync(folder);
  if (names.length === 0 || [OWN_MARK, ...signs].some((sign) => names.includes(sign))) return;
  throw new Error(
    `${folder} holds something else (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}): nothing was changed`,
  );
}
