import type { Db } from "mongodb";
import type { StoredMessage } from "../domain/message.ts";
import { MESSAGES } from "../store/collections.ts";
import { Criteria, checked, MAX_PAGE_SIZE, PagingOptions } from "./criteria.ts";
import { withIndex } from "./index-choice.ts";
import { type FoundPage, findPage } from "./message-page.ts";
import { type MessageQuery, toMessageQuery } from "./message-query.ts";
import { type Position, readPageToken, writePageToken } from "./page-token.ts";
import { readInTime } from "./time-limit.ts";

export interface MessagePage {
  readonly messages: readonly StoredMessage[];
  /** For `after` of the next page; null on the last. Stays right while messages arrive. */
  readonly next: string | null;
}

/**
 * An account's messages that match, across all channels, in the order of (`timestamp`, numeric message id).
 * Throws `SearchError` for criteria that are not valid, `ItemError` when the database does not answer.
 */
export async function searchMessages(
  db: Db,
  accountId: string,
  given: Criteria,
  request: PagingOptions = {},
): Promise<MessagePage> {
  const criteria = checked(Criteria, given);
  const page = checked(PagingOptions, request);
  const tokenOf = [accountId, criteria, page.order];
  const after = page.after === undefined ? null : readPageToken(page.after, tokenOf);
  const query = await toMessageQuery(db, accountId, criteria);
  const { messages, next } = await findPage(db, query, { ...page, after });
  return { messages, next: next && writePageToken(next, tokenOf) };
}

/** Every message about a booking, oldest first, page by page. */
export async function conversationHistory(
  db: Db,
  accountId: string,
  reservationId: string,
  page: PagingOptions = {},
): Promise<MessagePage> {
  return await searchMessages(db, accountId, { reservation: reservationId }, page);
}

/** All messages that match, in pages; each page is read when it is asked for. */
export async function* everyPage(
  db: Db,
  accountId: string,
  given: Criteria,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredMessage[]> {
  const query = await toMessageQuery(db, accountId, checked(Criteria, given));
  let after: Position | null = null;
  do {
    signal.throwIfAborted();
    const page: FoundPage = await findPage(db, query, { size: MAX_PAGE_SIZE, order: "oldest first", after });
    yield page.messages;
    after = page.next;
  } while (after !== null);
}

/** How many messages match. Costs more than a page of them. */
export async function countMessages(db: Db, accountId: string, given: Criteria): Promise<number> {
  const query = await toMessageQuery(db, accountId, checked(Criteria, given));
  return query === null ? 0 : await countMatches(db, query);
}

async function countMatches(db: Db, { filter, index, text }: MessageQuery): Promise<number> {
  const messages = db.collection<StoredMessage>(MESSAGES.name);
  return await readInTime("counting messages", (maxTimeMS) =>
    withIndex(index, async (hint) => {
      if (text === null) return await messages.countDocuments(filter, { maxTimeMS, ...hint });
      const projection = { _id: 0, content: 1 };
      let count = 0;
      for await (const { content } of messages.find(filter, { maxTimeMS, projection }))
        if (text.matches(content)) count += 1;
      return count;
    }),
  );
}
