import type { Db, Filter } from "mongodb";
import type { Message } from "../domain/message.ts";
import { MESSAGES } from "../store/collections.ts";
import { PRESENT } from "../store/deletions.ts";
import { type CheckedPage, Criteria, checked, MOST_AT_ONCE, Page } from "./criteria.ts";
import { type Position, readCursor, writeCursor } from "./cursor.ts";
import { type Hint, type IndexKey, indexFor, withIndex } from "./index-choice.ts";
import { findConversationIds } from "./names.ts";
import { readWith } from "./reading.ts";
import { readText } from "./text.ts";

export interface MessagePage {
  readonly messages: readonly Message[];
  /** For `after` of the next page; null on the last. Stays right while messages arrive. */
  readonly next: string | null;
}

/**
 * An account's messages that fit, across all channels, in the order of (`timestamp`, numeric message id).
 * Throws `SearchError` for a question that cannot be asked, `ItemError` when the database does not answer.
 */
export async function searchMessages(
  db: Db,
  accountId: string,
  given: Criteria,
  page: Page = {},
): Promise<MessagePage> {
  const criteria = checked(Criteria, given);
  const asked = checked(Page, page);
  const question = [accountId, criteria, asked.order];
  const after = asked.after === undefined ? null : readCursor(asked.after, question);
  const query = await queryFor(db, accountId, criteria);
  const { messages, next } = await answer(db, query, { ...asked, after, fits: fitsOf(criteria) });
  return { messages, next: next && writeCursor(next, question) };
}

/** Everything that is said about a booking, oldest first: the whole of it, page by page. */
export async function conversationHistory(
  db: Db,
  accountId: string,
  reservationId: string,
  page: Page = {},
): Promise<MessagePage> {
  return await searchMessages(db, accountId, { reservation: reservationId }, page);
}

/** All messages that fit, however many, in pages that are read when they are asked for. */
export async function* everyPage(
  db: Db,
  accountId: string,
  given: Criteria,
  signal: AbortSignal,
): AsyncGenerator<readonly Message[]> {
  const criteria = checked(Criteria, given);
  const query = await queryFor(db, accountId, criteria);
  const page = { size: MOST_AT_ONCE, order: "oldest first", fits: fitsOf(criteria) } as const;
  let after: Position | null = null;
  do {
    signal.throwIfAborted();
    const { messages, next }: Answer = await answer(db, query, { ...page, after });
    yield messages;
    after = next;
  } while (after !== null);
}

/** How many messages fit. Costs more than a page of them. */
export async function countMessages(db: Db, accountId: string, given: Criteria): Promise<number> {
  const criteria = checked(Criteria, given);
  const query = await queryFor(db, accountId, criteria);
  if (query === null) return 0;
  const messages = db.collection<Message>(MESSAGES.name);
  return await readWith("counting messages", (maxTimeMS) =>
    withIndex(query.index, async (hint) => {
      if (criteria.text === undefined)
        return await messages.countDocuments(query.filter, { maxTimeMS, ...hint });
      const fits = fitsOf(criteria);
      let count = 0;
      const projection = { _id: 0, content: 1 };
      for await (const message of messages.find(query.filter, { maxTimeMS, projection }))
        if (fits(message)) count += 1;
      return count;
    }),
  );
}

/** What the database cannot be asked for, or not in the same way everywhere. */
function fitsOf({ text }: Criteria): (message: Pick<Message, "content">) => boolean {
  if (text === undefined) return () => true;
  const { fits } = readText(text);
  return ({ content }) => fits(content);
}

interface Query {
  readonly filter: Filter<Message>;
  readonly index: IndexKey | null;
}

/** Null when nothing can fit. */
async function queryFor(db: Db, accountId: string, criteria: Criteria): Promise<Query | null> {
  const { reservation, conversation, property, guest, text, from, to, deleted = false } = criteria;
  const { channels, platforms, direction, senders } = criteria;
  const ofGuest = guest === undefined ? null : await findConversationIds(db, accountId, guest);
  const conversations = intersect(conversation === undefined ? null : [conversation], ofGuest);
  if (conversations?.length === 0) return null;
  const filter = {
    account_id: accountId,
    ...(!deleted && PRESENT),
    ...(reservation !== undefined && { reservation_ids: reservation }),
    ...(property !== undefined && { "property.id": property }),
    ...(conversations && { conversation_id: { $in: conversations } }),
    ...((from || to) && { timestamp: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
    ...(channels && { channel: { $in: channels } }),
    ...(platforms && { platform: { $in: platforms } }),
    ...(direction && { direction }),
    ...(senders && { "sender.type": { $in: senders } }),
    ...(text !== undefined && tokenFilter(text)),
  };
  return { filter, index: indexFor(criteria, conversations) };
}

function tokenFilter(text: string): Filter<Message> {
  const { tokens } = readText(text);
  const [first] = tokens;
  if (first === undefined) return {};
  return { content_tokens: tokens.length === 1 ? first : { $all: [...tokens] } };
}

function intersect(one: string[] | null, other: string[] | null): string[] | null {
  if (one === null || other === null) return one ?? other;
  return one.filter((id) => other.includes(id));
}

interface Reading extends Omit<CheckedPage, "after"> {
  readonly after: Position | null;
  readonly fits: (message: Message) => boolean;
}

interface Answer {
  readonly messages: readonly Message[];
  /** Where the next page begins; null when there is none. */
  readonly next: Position | null;
}

async function answer(db: Db, query: Query | null, reading: Reading): Promise<Answer> {
  if (query === null) return { messages: [], next: null };
  const found = await readWith("searching messages", (maxTimeMS) =>
    withIndex(query.index, (hint) => readPage(db, query.filter, { ...reading, maxTimeMS, ...hint })),
  );
  const messages = found.slice(0, reading.size);
  const last = messages.at(-1);
  return { messages, next: last && found.length > reading.size ? positionOf(last) : null };
}

interface PageReading extends Reading, Hint {
  readonly maxTimeMS: number;
}

/** Messages of one moment are rarely more: they must be read to the last, to be put in order. */
const SLACK = 20;
const MORE = 4;

/**
 * One message more than the page holds, if there is one. The database orders by time; messages of the same
 * moment are put in the order of their ids here. It is told how many are wanted, as some sort everything otherwise.
 */
async function readPage(db: Db, filter: Filter<Message>, reading: PageReading): Promise<Message[]> {
  for (let limit = reading.size + SLACK; ; limit *= MORE) {
    const { page, isEnough } = await readMoments(db, filter, reading, limit);
    if (isEnough) return page;
  }
}

/** Whole moments, until there are enough messages, or as many as the limit were looked at. */
async function readMoments(
  db: Db,
  filter: Filter<Message>,
  { size, order, after, fits, ...options }: PageReading,
  limit: number,
): Promise<{ page: Message[]; isEnough: boolean }> {
  const forward = order === "oldest first";
  const direction = forward ? 1 : -1;
  const from = after && { timestamp: forward ? { $gte: after.timestamp } : { $lte: after.timestamp } };
  const isShown = (message: Message) =>
    fits(message) && (after === null || comparePositions(positionOf(message), after) * direction > 0);
  const page: Message[] = [];
  let moment: Message[] = [];
  const endMoment = () => {
    const shown = moment.filter(isShown);
    page.push(...shown.sort((a, b) => comparePositions(positionOf(a), positionOf(b)) * direction));
    moment = [];
  };
  await using cursor = db
    .collection<Message>(MESSAGES.name)
    .find(from ? { $and: [filter, from] } : filter, {
      ...options,
      limit,
      batchSize: limit,
      projection: { _id: 0, content_tokens: 0 },
    })
    .sort({ timestamp: direction });
  let seen = 0;
  for await (const message of cursor) {
    seen += 1;
    if (moment[0] && moment[0].timestamp.getTime() !== message.timestamp.getTime()) endMoment();
    if (page.length > size) return { page: page.slice(0, size + 1), isEnough: true };
    moment.push(message);
  }
  endMoment();
  return { page: page.slice(0, size + 1), isEnough: seen < limit };
}

function positionOf({ timestamp, message_id: messageId }: Message): Position {
  return { timestamp, messageId };
}

function comparePositions(a: Position, b: Position): number {
  return a.timestamp.getTime() - b.timestamp.getTime() || Number(a.messageId) - Number(b.messageId);
}
