import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { BEAT_MS, type Beat } from "./keep-schedule.ts";

/** How old a beat may be: a busy machine may miss one. */
const FRESH_MS = 3 * BEAT_MS;

const Time = z.iso.datetime().transform((text) => new Date(text));
const Written = z.object({ at: Time, next_run: Time, running_since: Time.nullable() });

/** Written beside and then put in place: nobody reads half of it. */
export async function writeBeat(file: string, beat: Beat): Promise<void> {
  const beside = `${file}.new`;
  await writeFile(beside, `${JSON.stringify(beat)}\n`);
  await rename(beside, file);
}

/** Nobody is alive any more, and says so. */
export async function endBeat(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** Null when there is none that can be read. */
export async function readBeat(file: string): Promise<Beat | null> {
  try {
    return Written.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return null;
  }
}

export function isAlive(beat: Beat | null, now: Date): boolean {
  return beat !== null && Math.abs(now.getTime() - beat.at.getTime()) <= FRESH_MS;
}
