import { MongoServerError } from "mongodb";
import type { Criteria } from "./criteria.ts";

export type IndexKey = Readonly<Record<string, 1>>;

export interface Hint {
  readonly hint?: IndexKey;
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
  // A text search has its own index, and takes no other.
  if (text !== undefined) return null;
  if (reservation !== undefined) return { "reservation.id": 1, timestamp: 1 };
  if (conversations) return conversations.length <= FEW ? { conversation_id: 1, timestamp: 1 } : null;
  if (property !== undefined) return { "property.id": 1, timestamp: 1 };
  return { account_id: 1, timestamp: 1 };
}

const BAD_VALUE = 2;

/** Asks with an index, and without where it does not exist: somebody may have dropped it. */
export async function withIndex<T>(index: IndexKey | null, ask: (hint: Hint) => Promise<T>): Promise<T> {
  if (!index) return await ask({});
  try {
    return await ask({ hint: index });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === BAD_VALUE)) throw error;
    return await ask({});
  }
}
