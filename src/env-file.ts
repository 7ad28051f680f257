import { readFileSync } from "node:fs";
import { parseEnv, TextDecoder } from "node:util";

/** The file is there but cannot be used. The message says what to do. */
export class EnvFileError extends Error {
  override readonly name = "EnvFileError";
}

const AS_UTF8 = "Save it as UTF-8 (in Notepad: Save as, Encoding: UTF-8) and try again.";

/**
 * Takes variables from a `.env` file, where there is one. Variables of the environment win, as with Node's
 * own `loadEnvFile`; unlike Node's, this function reads files with a byte order mark, which Windows editors
 * write, and rejects a file in another encoding with an explanation. Throws `EnvFileError`.
 */
export function loadEnvFile(file: string, env: NodeJS.ProcessEnv): void {
  const bytes = readBytes(file);
  if (bytes === null) return;
  for (const [name, value] of Object.entries(parseEnv(decodeUtf8(bytes, file)))) env[name] ??= value;
}

function readBytes(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code === "ENOENT") return null;
    throw new EnvFileError(
      `${file} cannot be read (${code}). Make it a file that this user may read, or remove it.`,
    );
  }
}

function decodeUtf8(bytes: Buffer, file: string): string {
  // Text has no NUL characters; UTF-16 has one beside each Latin letter.
  if (bytes.includes(0)) throw new EnvFileError(`${file} is saved as UTF-16, not as UTF-8. ${AS_UTF8}`);
  try {
    // The decoder drops a byte order mark.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new EnvFileError(`${file} is not saved as UTF-8. ${AS_UTF8}`);
  }
}
