import { MongoServerError } from "mongodb";
import type { Criteria } from "./criteria.ts";

export type IndexKey = Readonly<Record<string, 1>>;

export interface Hint {
  /** By name: of two indexes with the same keys MongoDB does not know which one is meant. */
  readonly hint?: string;
}

/** With more conversations than these, a page may need many messages sorted: the database chooses better. */
const FEW_CONVERSATIONS = 20;

/**
 * The index for a query; null to leave the choice to the database. Every query is about one account, and a planner
 * without fresh statistics may read the whole account for one booking (measured on the stand-in with 1,000,000
 * messages: 435 ms instead of 8).
 *
 * @param tokens those of the text query
 */
export function indexFor(
  { reservation, property }: Criteria,
  conversations: readonly string[] | null,
  tokens: readonly string[],
): IndexKey | null {
  if (reservation !== undefined) return { reservation_ids: 1, timestamp: 1 };
  if (conversations)
    return conversations.length <= FEW_CONVERSATIONS ? { conversation_id: 1, timestamp: 1 } : null;
  if (tokens.length > 0) return { account_id: 1, content_tokens: 1, timestamp: 1 };
  if (property !== undefined) return { "property.id": 1, timestamp: 1 };
  return { account_id: 1, timestamp: 1 };
}

const BAD_VALUE = 2;
const INDEX_NOT_FOUND = 27;

/** Reads with an index, and without it where it does not exist, as an administrator may have dropped it. */
export async function withIndex<T>(index: IndexKey | null, read: (hint: Hint) => Promise<T>): Promise<T> {
  if (!index) return await read({});
  try {
    return await read({ hint: Object.entries(index).flat().join("_") });
  } catch (error) {
    const isMissing =
      error instanceof MongoServerError && [BAD_VALUE, INDEX_NOT_FOUND].includes(Number(error.code));
    if (!isMissing) throw error;
    return await read({});
  }
}
