import { constants } from "node:fs";
import { access, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { types } from "node:util";
import { ulid } from "ulid";
import { ConfigError } from "../config.ts";
import { inline } from "../domain/printable.ts";

/** Found out before a long run, not after it. Throws `ConfigError`. */
export async function requireWritableFile(option: string, file: string): Promise<void> {
  const shown = inline(file);
  if (file.trim() === "") throw new ConfigError(`${option} needs a file name.`);
  if (file.includes("\0"))
    throw new ConfigError(`${option} ${shown}: a file name cannot contain a NUL character.`);
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw new ConfigError(`${option} ${shown} is a folder. Choose a file in it.`);
  const place = found && !found.isFile() ? file : dirname(await targetOf(file));
  try {
    await access(place, constants.W_OK);
  } catch {
    throw new ConfigError(`${option} ${shown}: its folder does not exist or cannot be written to.`);
  }
}

/** Where a link leads; a link stays one when its file is replaced. */
async function targetOf(file: string): Promise<string> {
  return await realpath(file).catch(() => file);
}

/**
 * Writes a file that appears when it is whole, and not before. Until then it stands beside its place, under a name
 * that nobody has: an older file stays as it was when this one fails, and no link or file of somebody else's is
 * written to. A pipe, a terminal or /dev/null is written to as it is: a file in its place would be the end of it.
 */
export async function replaceFile<T>(
  file: string,
  write: (path: string, flags: "wx" | "w") => Promise<T>,
): Promise<T> {
  try {
    return (await isDevice(file)) ? await write(file, "w") : await replace(await targetOf(file), write);
  } catch (error) {
    throw named(error, file);
  }
}

async function isDevice(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found !== null && !found.isFile();
}

async function replace<T>(whole: string, write: (path: string, flags: "wx" | "w") => Promise<T>): Promise<T> {
  const part = join(dirname(whole), `.${basename(whole).slice(0, 40)}.${ulid()}.part`);
  try {
    const result = await write(part, "wx");
    await rename(part, whole);
    return result;
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The same for a text at hand. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await replaceFile(file, async (path, flags) => {
    await using handle = await open(path, flags, 0o640);
    await handle.writeFile(text);
    if (flags === "wx") await handle.sync();
  });
}

const SYSTEM_CALLS = new Set(["open", "write", "fsync", "rename", "close", "writev"]);

/** An error carries the path that the user gave; the name of the unfinished file would mean nothing to them. */
function named(error: unknown, file: string): unknown {
  if (types.isNativeError(error) && "syscall" in error && SYSTEM_CALLS.has(String(error.syscall)))
    Object.assign(error, { path: file });
  return error;
}
