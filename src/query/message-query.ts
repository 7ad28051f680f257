import type { Db, Filter } from "mongodb";
import type { Message } from "../domain/message.ts";
import { PRESENT } from "../store/deletions.ts";
import type { Criteria } from "./criteria.ts";
import { type IndexKey, indexFor } from "./index-choice.ts";
import { findConversationIds } from "./name-lookup.ts";
import { parseTextQuery, type TextQuery } from "./text-query.ts";

/** Criteria as the database is asked for them. */
export interface MessageQuery {
  readonly filter: Filter<Message>;
  readonly index: IndexKey | null;
  /** The criteria that no filter can express, or not in the same way on every server; null when there are none. */
  readonly text: TextQuery | null;
}

/** Null when no message can match. */
export async function toMessageQuery(
  db: Db,
  accountId: string,
  criteria: Criteria,
): Promise<MessageQuery | null> {
  const { conversation, guest, text: typed } = criteria;
  const ofGuest = guest === undefined ? null : await findConversationIds(db, accountId, guest);
  const conversations = intersect(conversation === undefined ? null : [conversation], ofGuest);
  if (conversations?.length === 0) return null;
  const text = typed === undefined ? null : parseTextQuery(typed);
  const tokens = text?.tokens ?? [];
  return {
    filter: {
      account_id: accountId,
      ...fieldFilter(criteria),
      ...(conversations && { conversation_id: { $in: conversations } }),
      ...tokenFilter(tokens),
    },
    index: indexFor(criteria, conversations, tokens),
    text,
  };
}

function fieldFilter(criteria: Criteria): Filter<Message> {
  const { reservation, property, from, to, deleted = false } = criteria;
  const { channels, platforms, direction, senders } = criteria;
  return {
    ...(!deleted && PRESENT),
    ...(reservation !== undefined && { reservation_ids: reservation }),
    ...(property !== undefined && { "property.id": property }),
    ...((from || to) && { timestamp: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
    ...(channels && { channel: { $in: channels } }),
    ...(platforms && { platform: { $in: platforms } }),
    ...(direction && { direction }),
    ...(senders && { "sender.type": { $in: senders } }),
  };
}

function tokenFilter(tokens: readonly string[]): Filter<Message> {
  const [first] = tokens;
  if (first === undefined) return {};
  return { content_tokens: tokens.length === 1 ? first : { $all: [...tokens] } };
}

function intersect(one: string[] | null, other: string[] | null): string[] | null {
  if (one === null || other === null) return one ?? other;
  return one.filter((id) => other.includes(id));
}
