import type { Db } from "mongodb";
import type { StoredMessage } from "../domain/message.ts";
import { MESSAGES } from "../store/collections.ts";
import type { CheckedPagingOptions } from "./criteria.ts";
import { type Hint, withIndex } from "./index-choice.ts";
import type { MessageQuery } from "./message-query.ts";
import type { Position } from "./page-token.ts";
import { readInTime } from "./time-limit.ts";

export interface PageBounds extends Omit<CheckedPagingOptions, "after"> {
  readonly after: Position | null;
}

export interface FoundPage {
  readonly messages: readonly StoredMessage[];
  /** Where this page ends; null when no other follows. */
  readonly next: Position | null;
}

export async function findPage(db: Db, query: MessageQuery | null, bounds: PageBounds): Promise<FoundPage> {
  if (query === null) return { messages: [], next: null };
  const found = await readInTime("searching messages", (maxTimeMS) =>
    withIndex(query.index, (hint) => readOneMore(db, query, bounds, { maxTimeMS, ...hint })),
  );
  const messages = found.slice(0, bounds.size);
  const last = messages.at(-1);
  return { messages, next: last && found.length > bounds.size ? positionOf(last) : null };
}

interface FindOptions extends Hint {
  readonly maxTimeMS: number;
}

/** Messages of one moment are rarely more: all of them must be read to be put in order. */
const SLACK = 20;
const LIMIT_GROWTH = 4;
const SHOWN_FIELDS = { projection: { _id: 0, content_tokens: 0 } } as const;

/**
 * One message more than the page holds, if there is one. The database orders by time; messages of the same moment are
 * ordered by their ids here. The query has a limit, as some servers sort the whole result otherwise.
 */
async function readOneMore(
  db: Db,
  query: MessageQuery,
  bounds: PageBounds,
  options: FindOptions,
): Promise<StoredMessage[]> {
  for (let limit = bounds.size + SLACK; ; limit *= LIMIT_GROWTH) {
    const { page, isEnough } = await readMoments(db, query, bounds, { ...options, limit });
    if (isEnough) return page;
  }
}

/** Whole moments, until the page is full or `limit` messages have been read; the last moment may then be cut. */
async function readMoments(
  db: Db,
  { filter, text }: MessageQuery,
  { size, order, after }: PageBounds,
  { limit, ...options }: FindOptions & { readonly limit: number },
): Promise<{ page: StoredMessage[]; isEnough: boolean }> {
  const direction = order === "oldest first" ? 1 : -1;
  const from = after && { timestamp: { [direction === 1 ? "$gte" : "$lte"]: after.timestamp } };
  await using cursor = db
    .collection<StoredMessage>(MESSAGES.name)
    .find(from ? { $and: [filter, from] } : filter, { ...options, limit, batchSize: limit, ...SHOWN_FIELDS })
    .sort({ timestamp: direction });
  const isShown = (message: StoredMessage) =>
    (text === null || text.matches(message.content)) &&
    (after === null || comparePositions(positionOf(message), after) * direction > 0);
  const page: StoredMessage[] = [];
  let seen = 0;
  for await (const moment of byMoment(cursor)) {
    seen += moment.length;
    page.push(...moment.filter(isShown).sort((a, b) => compareMessages(a, b) * direction));
    if (page.length > size) break;
  }
  return { page: page.slice(0, size + 1), isEnough: seen < limit };
}

async function* byMoment(
  messages: AsyncIterable<StoredMessage>,
): AsyncGenerator<StoredMessage[], void, undefined> {
  let moment: StoredMessage[] = [];
  for await (const message of messages) {
    if (moment[0] && moment[0].timestamp.getTime() !== message.timestamp.getTime()) {
      yield moment;
      moment = [];
    }
    moment.push(message);
  }
  if (moment.length > 0) yield moment;
}

function compareMessages(a: StoredMessage, b: StoredMessage): number {
  return comparePositions(positionOf(a), positionOf(b));
}

function positionOf({ timestamp, message_id: messageId }: StoredMessage): Position {
  return { timestamp, messageId };
}

function comparePositions(a: Position, b: Position): number {
  return a.timestamp.getTime() - b.timestamp.getTime() || Number(a.messageId) - Number(b.messageId);
}
