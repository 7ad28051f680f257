import { hash } from "node:crypto";
import { z } from "zod";
import { SearchError } from "./search-error.ts";

/** Where a page ended: the last message shown. */
export interface Position {
  readonly timestamp: Date;
  readonly messageId: string;
}

const PageToken = z.tuple([z.int(), z.string().regex(/^\d{1,18}$/), z.string()]);

export const INVALID_PAGE_TOKEN = "not a valid page token; copy it from the previous output";

/** Opaque to its reader, and valid only for the query it was made for. */
export function writePageToken({ timestamp, messageId }: Position, query: unknown): string {
  const position = [timestamp.getTime(), messageId] as const;
  return Buffer.from(JSON.stringify([...position, tokenChecksum(position, query)])).toString("base64url");
}

/** Throws `SearchError` for a text that `writePageToken` did not make for this query. */
export function readPageToken(text: string, query: unknown): Position {
  const token = PageToken.safeParse(decodedToken(text));
  if (!token.success) throw new SearchError("after", INVALID_PAGE_TOKEN);
  const [ms, messageId, sum] = token.data;
  if (sum !== tokenChecksum([ms, messageId], query))
    throw new SearchError(
      "after",
      "this page token belongs to another query; repeat the query it came from unchanged",
    );
  return { timestamp: new Date(ms), messageId };
}

function decodedToken(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

function tokenChecksum(position: readonly [number, string], query: unknown): string {
  return hash("sha256", JSON.stringify([position, query]), "base64url").slice(0, 12);
}
