import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Compiled code, also when this file runs from its TypeScript source. */
export function compiled(relative: string): string {
  const here = fileURLToPath(import.meta.url);
  const marker = `${path.sep}src${path.sep}embedded${path.sep}`;
  const at = here.lastIndexOf(marker);
  const dist = at < 0 ? path.resolve(path.dirname(here), "..") : path.join(here.slice(0, at), "dist");
  return path.join(dist, relative);
}

/**
 * mongodb-memory-server starts one program file and appends flags: this writes such a file. The stand-in is
 * told by the kernel when its parent dies, so that it never outlives a killed keeper.
 */
export function standinBinary(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "mongod");
  const command = [process.execPath, compiled(path.join("standin", "mongod.js"))].map(quote).join(" ");
  writeFileSync(file, `#!/bin/sh\nexec setpriv --pdeathsig TERM ${command} "$@"\n`, { mode: 0o755 });
  return file;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
