import { MongoServerError } from "mongodb";
import type { Criteria } from "./criteria.ts";
import { readText } from "./text.ts";

export type IndexKey = Readonly<Record<string, 1>>;

export interface Hint {
  /** By name: of two indexes with the same keys MongoDB does not know which one is meant. */
  readonly hint?: string;
}

/** Of more conversations than these, many messages may have to be sorted for a page: the database knows better. */
const FEW = 20;

/**
 * The index that answers a question; null to leave the choice to the database. Each question is about an account,
 * and a planner without fresh statistics may read the whole of it for a booking (measured on the stand-in with
 * 1,000,000 messages: 435 ms instead of 8).
 */
export function indexFor(
  { reservation, property, text }: Criteria,
  conversations: readonly string[] | null,
): IndexKey | null {
  if (reservation !== undefined) return { reservation_ids: 1, timestamp: 1 };
  if (conversations) return conversations.length <= FEW ? { conversation_id: 1, timestamp: 1 } : null;
  if (text !== undefined && readText(text).tokens.length > 0)
    return { account_id: 1, content_tokens: 1, timestamp: 1 };
  if (property !== undefined) return { "property.id": 1, timestamp: 1 };
  return { account_id: 1, timestamp: 1 };
}

const BAD_VALUE = 2;
const INDEX_NOT_FOUND = 27;

/** Asks with an index, and without where it does not exist: somebody may have dropped it. */
export async function withIndex<T>(index: IndexKey | null, ask: (hint: Hint) => Promise<T>): Promise<T> {
  if (!index) return await ask({});
  try {
    return await ask({ hint: Object.entries(index).flat().join("_") });
  } catch (error) {
    const isMissing =
      error instanceof MongoServerError && [BAD_VALUE, INDEX_NOT_FOUND].includes(Number(error.code));
    if (!isMissing) throw error;
    return await ask({});
  }
}
