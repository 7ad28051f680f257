import type { Db, Filter } from "mongodb";
import type { Conversation } from "../domain/conversation.ts";
import { CONVERSATIONS } from "../store/collections.ts";
import { PRESENT } from "../store/deletions.ts";
import { beginningsFor, toNameWords } from "../transform/name-parts.ts";
import { SearchError } from "./search-error.ts";
import { readInTime } from "./time-limit.ts";

/** A longer text is not a name. */
const MOST_WORDS = 8;
/** Beyond it the part of a name says too little. */
const MOST_CONVERSATIONS = 5_000;

/** Each word of the part of a name must be found. Throws `SearchError`. */
function nameFilter(name: string): Filter<Conversation> {
  const words = toNameWords(name);
  if (words.length === 0) throw new SearchError("guest", "expected letters or digits");
  if (words.length > MOST_WORDS) throw new SearchError("guest", `expected at most ${MOST_WORDS} words`);
  return {
    $and: words.map((word) => ({
      $or: beginningsFor(word).map((part) => ({ name_parts: beginsWith(part) })),
    })),
  };
}

/** A part has only letters, digits and the mark, none of which is special in a regular expression. */
function beginsWith(part: string): RegExp {
  return new RegExp(`^${part}`);
}

/**
 * The conversations with a guest of this name, or part of a name, with the fields asked for. Throws `SearchError` when
 * they are too many to be told apart.
 */
export async function findConversationsByName<Field extends keyof Conversation>(
  db: Db,
  accountId: string,
  name: string,
  fields: readonly Field[],
): Promise<Pick<Conversation, Field>[]> {
  const filter = { account_id: accountId, ...PRESENT, ...nameFilter(name) };
  const projection = { _id: 0, ...Object.fromEntries(fields.map((field) => [field, 1])) };
  const found = await readInTime("looking for guests", (maxTimeMS) =>
    db
      .collection<Conversation>(CONVERSATIONS.name)
      .find(filter, { maxTimeMS, limit: MOST_CONVERSATIONS + 1 })
      .project<Pick<Conversation, Field>>(projection)
      .toArray(),
  );
  if (found.length > MOST_CONVERSATIONS)
    throw new SearchError(
      "guest",
      `more than ${MOST_CONVERSATIONS} conversations match; use more of the name`,
    );
  return found;
}

export async function findConversationIds(db: Db, accountId: string, name: string): Promise<string[]> {
  const found = await findConversationsByName(db, accountId, name, ["conversation_id"]);
  return found.map(({ conversation_id }) => conversation_id);
}
