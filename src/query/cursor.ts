import { hash } from "node:crypto";
import { z } from "zod";
import { SearchError } from "./search-error.ts";

/** Where a page ended: the last message shown. */
export interface Position {
  readonly timestamp: Date;
  readonly messageId: string;
}

const Written = z.tuple([z.int(), z.string().regex(/^\d{1,18}$/), z.string()]);

/** Opaque to whoever holds it; it fits the question it was given for, and no other. */
export function writeCursor({ timestamp, messageId }: Position, question: unknown): string {
  const position = [timestamp.getTime(), messageId] as const;
  return Buffer.from(JSON.stringify([...position, checksum(position, question)])).toString("base64url");
}

/** Throws `SearchError` for anything that `writeCursor` did not make for this question. */
export function readCursor(text: string, question: unknown): Position {
  const written = Written.safeParse(decoded(text));
  if (!written.success) throw new SearchError("after", "not a place that a page gave");
  const [ms, messageId, sum] = written.data;
  if (sum !== checksum([ms, messageId], question))
    throw new SearchError("after", "this place belongs to another question");
  return { timestamp: new Date(ms), messageId };
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

function checksum(position: readonly [number, string], question: unknown): string {
  return hash("sha256", JSON.stringify([position, question]), "base64url").slice(0, 12);
}
