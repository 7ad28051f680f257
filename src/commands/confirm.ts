import { createInterface } from "node:readline/promises";
import type { BackfillCost } from "../service/events.ts";
import type { Context } from "./command.ts";
import type { SessionParts } from "./session.ts";

/** Longer backfills ask first, where there is somebody to ask. */
const LONG_MS = 60_000;

export async function confirmCost(
  { ms }: Pick<BackfillCost, "ms">,
  { context, output }: SessionParts,
): Promise<boolean> {
  if (ms < LONG_MS || !output.interactive || !context.stdin?.isTTY) return true;
  return await askPerson("  Continue? [y/N] ", context.stdin, context);
}

async function askPerson(
  question: string,
  input: NodeJS.ReadStream,
  { stdout, signal }: Context,
): Promise<boolean> {
  const lines = createInterface({ input, output: stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(question, { signal })).trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}
