import type { Db, Filter, FindCursor } from "mongodb";
import type { Message } from "../domain/message.ts";
import { MESSAGES } from "../load/collections.ts";
import { PRESENT } from "../load/deletions.ts";
import { type CheckedPage, Criteria, checked, MOST_AT_ONCE, Page } from "./criteria.ts";
import { type Position, readCursor, writeCursor } from "./cursor.ts";
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
  const filter = await filterOf(db, accountId, criteria);
  const { messages, next } = await answer(db, filter, { ...asked, after, fits: fitsOf(criteria) });
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
  const filter = await filterOf(db, accountId, criteria);
  const page = { size: MOST_AT_ONCE, order: "oldest first", fits: fitsOf(criteria) } as const;
  let after: Position | null = null;
  do {
    signal.throwIfAborted();
    const { messages, next }: Answer = await answer(db, filter, { ...page, after });
    yield messages;
    after = next;
  } while (after !== null);
}

/** How many messages fit. Costs more than a page of them. */
export async function countMessages(db: Db, accountId: string, given: Criteria): Promise<number> {
  const criteria = checked(Criteria, given);
  const filter = await filterOf(db, accountId, criteria);
  if (filter === null) return 0;
  const messages = db.collection<Message>(MESSAGES.name);
  return await readWith("counting messages", async (maxTimeMS) => {
    if (criteria.text === undefined) return await messages.countDocuments(filter, { maxTimeMS });
    const fits = fitsOf(criteria);
    let count = 0;
    for await (const message of messages.find(filter, { maxTimeMS, projection: { _id: 0, content: 1 } }))
      if (fits(message)) count += 1;
    return count;
  });
}

/** What the database cannot be asked for, or not in the same way everywhere. */
function fitsOf({ text }: Criteria): (message: Pick<Message, "content">) => boolean {
  if (text === undefined) return () => true;
  const { fits } = readText(text);
  return ({ content }) => fits(content);
}

/** Null when nothing can fit. */
async function filterOf(db: Db, accountId: string, criteria: Criteria): Promise<Filter<Message> | null> {
  const { reservation, conversation, property, guest, text, from, to, deleted = false } = criteria;
  const { channels, platforms, direction, senders } = criteria;
  const ofGuest = guest === undefined ? null : await findConversationIds(db, accountId, guest);
  const conversations = intersect(conversation === undefined ? null : [conversation], ofGuest);
  if (conversations?.length === 0) return null;
  return {
    account_id: accountId,
    ...(!deleted && PRESENT),
    ...(reservation !== undefined && { "reservation.id": reservation }),
    ...(property !== undefined && { "property.id": property }),
    ...(conversations && { conversation_id: { $in: conversations } }),
    ...((from || to) && { timestamp: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
    ...(channels && { channel: { $in: channels } }),
    ...(platforms && { platform: { $in: platforms } }),
    ...(direction && { direction }),
    ...(senders && { "sender.type": { $in: senders } }),
    ...(text !== undefined && { $text: { $search: readText(text).query } }),
  };
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

async function answer(db: Db, filter: Filter<Message> | null, reading: Reading): Promise<Answer> {
  if (filter === null) return { messages: [], next: null };
  const found = await readWith("searching messages", (maxTimeMS) =>
    readPage(db, filter, { ...reading, maxTimeMS }),
  );
  const messages = found.slice(0, reading.size);
  const last = messages.at(-1);
  return { messages, next: last && found.length > reading.size ? positionOf(last) : null };
}

/**
 * One message more than the page holds, if there is one. The database orders by time; messages of the same
 * moment are few, and put in the order of their ids here.
 */
async function readPage(
  db: Db,
  filter: Filter<Message>,
  { size, order, after, maxTimeMS, fits }: Reading & { readonly maxTimeMS: number },
): Promise<Message[]> {
  const forward = order === "oldest first";
  const cursor = db
    .collection<Message>(MESSAGES.name)
    .find(
      after
        ? { $and: [filter, { timestamp: forward ? { $gte: after.timestamp } : { $lte: after.timestamp } }] }
        : filter,
      {
        maxTimeMS,
        batchSize: size + 20,
        projection: { _id: 0 },
      },
    )
    .sort({ timestamp: forward ? 1 : -1 });
  const compare = (a: Message, b: Message) =>
    (forward ? 1 : -1) *
    (a.timestamp.getTime() - b.timestamp.getTime() || Number(a.message_id) - Number(b.message_id));
  const isShown = (message: Message) =>
    fits(message) &&
    (after === null || comparePositions(positionOf(message), after) * (forward ? 1 : -1) > 0);
  try {
    return await readMoments(cursor, size + 1, isShown, compare);
  } finally {
    await cursor.close();
  }
}

/** Whole moments, until there are enough messages. */
async function readMoments(
  cursor: FindCursor<Message>,
  enough: number,
  isShown: (message: Message) => boolean,
  compare: (a: Message, b: Message) => number,
): Promise<Message[]> {
  const page: Message[] = [];
  let moment: Message[] = [];
  const endMoment = () => {
    page.push(...moment.filter(isShown).sort(compare));
    moment = [];
  };
  for await (const message of cursor) {
    if (moment[0] && moment[0].timestamp.getTime() !== message.timestamp.getTime()) {
      endMoment();
      if (page.length >= enough) return page.slice(0, enough);
    }
    moment.push(message);
  }
  endMoment();
  return page.slice(0, enough);
}

function positionOf({ timestamp, message_id: messageId }: Message): Position {
  return { timestamp, messageId };
}

function comparePositions(a: Position, b: Position): number {
  return a.timestamp.getTime() - b.timestamp.getTime() || Number(a.messageId) - Number(b.messageId);
}
