import type { Db, Filter } from "mongodb";
import type { Conversation } from "../domain/conversation.ts";
import { CONVERSATIONS } from "../store/collections.ts";
import { PRESENT } from "../store/deletions.ts";
import { beginningsFor, toNameWords } from "../transform/name-parts.ts";
import { readWith } from "./reading.ts";
import { SearchError } from "./search-error.ts";

/** More words are no name. */
const MOST_WORDS = 8;
/** More conversations cannot be meant: then the name says too little. */
export const MOST_CONVERSATIONS = 5_000;

/** What a part of a name asks of a conversation: each of its words must be found. Throws `SearchError`. */
export function nameFilter(name: string): Filter<Conversation> {
  const words = toNameWords(name);
  if (words.length === 0) throw new SearchError("guest", "expected letters or digits");
  if (words.length > MOST_WORDS) throw new SearchError("guest", `expected at most ${MOST_WORDS} words`);
  return {
    $and: words.map((word) => ({
      $or: beginningsFor(word).map((part) => ({ name_parts: beginsWith(part) })),
    })),
  };
}

/** Of letters and digits only, and the mark: nothing in it means anything to a regular expression. */
function beginsWith(part: string): RegExp {
  return new RegExp(`^${part}`);
}

/** The conversations whose guest may be meant. Throws `SearchError` when they are too many to be told apart. */
export async function findConversationIds(db: Db, accountId: string, name: string): Promise<string[]> {
  const found = await readWith("looking for guests", (maxTimeMS) =>
    db
      .collection<Conversation>(CONVERSATIONS.name)
      .find({ account_id: accountId, ...PRESENT, ...nameFilter(name) }, { maxTimeMS })
      .project<Pick<Conversation, "conversation_id">>({ _id: 0, conversation_id: 1 })
      .limit(MOST_CONVERSATIONS + 1)
      .toArray(),
  );
  if (found.length > MOST_CONVERSATIONS)
    throw new SearchError("guest", `more than ${MOST_CONVERSATIONS} conversations fit: say more of the name`);
  return found.map(({ conversation_id }) => conversation_id);
}
