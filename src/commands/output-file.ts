import { constants } from "node:fs";
import { access, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ulid } from "ulid";
import { ConfigError } from "../config.ts";
import { inline } from "../domain/printable.ts";

/** Found out before a long run, not after it. Throws `ConfigError`. */
export async function requireWritable(option: string, file: string): Promise<void> {
  const shown = inline(file);
  if (file.trim() === "") throw new ConfigError(`${option} needs the name of a file.`);
  if (file.includes("\0")) throw new ConfigError(`${option} ${shown}: no file's name has a NUL character.`);
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw new ConfigError(`${option} ${shown} is a folder: name a file in it.`);
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
  const found = await stat(file).catch(() => null);
  if (found && !found.isFile()) return await write(file, "w");
  const whole = await targetOf(file);
  const part = join(dirname(whole), `.${basename(whole).slice(0, 100)}.${ulid()}.part`);
  try {
    const result = await write(part, "wx");
    await rename(part, whole);
    return result;
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw named(error, part, file);
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

/** A person knows the file by the name that was given. */
function named(error: unknown, part: string, file: string): unknown {
  if (error instanceof Error && "code" in error && (!("path" in error) || error.path === part))
    Object.assign(error, { path: file });
  return error;
}
