import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { z } from "zod";
import { HEARTBEAT_INTERVAL_MS, type Heartbeat } from "./keep-schedule.ts";

/** The oldest heartbeat of a live scheduler: a busy machine may miss one. */
const FRESH_MS = 3 * HEARTBEAT_INTERVAL_MS;

const Time = z.iso.datetime().transform((text) => new Date(text));
const HeartbeatFile = z.object({ at: Time, next_run: Time, running_since: Time.nullable() });

/**
 * Writes a temporary file and renames it, so that a reader never sees half of it. The folder may be writable
 * by everybody, so the temporary file is always a new one. Throws where the path holds another program's
 * file.
 */
export async function writeHeartbeat(file: string, beat: Heartbeat): Promise<void> {
  await requireHeartbeatFile(file);
  const beside = `${file}.${randomUUID()}`;
  const handle = await open(beside, "wx", 0o644);
  try {
    await handle.writeFile(`${JSON.stringify(beat)}\n`);
  } finally {
    await handle.close();
  }
  await rename(beside, file).catch(async (error: unknown) => {
    await rm(beside, { force: true });
    throw error;
  });
}

/** Removes the heartbeat of a scheduler that ends. */
export async function removeHeartbeat(file: string): Promise<void> {
  await requireHeartbeatFile(file);
  await rm(file, { force: true });
}

/** HEARTBEAT_FILE may be set to another program's file by mistake. */
async function requireHeartbeatFile(file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  if (text.trim() !== "" && toHeartbeat(text) === null)
    throw new Error(`HEARTBEAT_FILE ${file} is not a heartbeat file: it is left unchanged`);
}

/** Null without a readable heartbeat. */
export async function readHeartbeat(file: string): Promise<Heartbeat | null> {
  return toHeartbeat(await readFile(file, "utf8").catch(() => ""));
}

function toHeartbeat(text: string): Heartbeat | null {
  try {
    return HeartbeatFile.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function isSchedulerAlive(beat: Heartbeat | null, now: Date): boolean {
  return beat !== null && Math.abs(now.getTime() - beat.at.getTime()) <= FRESH_MS;
}
