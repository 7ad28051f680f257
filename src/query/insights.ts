import type { Db, Document } from "mongodb";
import type { Contact, HourOfWeek, Insights, MonthOfMessages } from "../domain/insights.ts";
import type { Message } from "../domain/message.ts";
import type { Channel, Platform } from "../domain/parts.ts";
import { MESSAGES } from "../store/collections.ts";
import { PRESENT } from "../store/deletions.ts";
import { storageOperation } from "../store/errors.ts";
import {
  SENT,
  V_CONVERSATION_FACTS,
  V_DAILY_VOLUME,
  V_MESSAGES,
  type ViewSpec,
} from "../store/view-pipelines.ts";

export interface InsightOptions {
  readonly now: Date;
  /** Their maximum number; the last month is that of the newest message. */
  readonly months: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, months: number) => void;
}

/**
 * Adds an account's messages up, one month per query, so that no query holds up a database for long. Throws
 * `ItemError` when the database does not answer, and the signal's reason when it aborts.
 */
export async function readInsights(
  db: Db,
  account_id: string,
  { now, months, signal, onProgress }: InsightOptions,
): Promise<Insights> {
  const newest = await adding(() => newestSent(db, account_id, now));
  const spans = newest ? monthsUntil(newest, months) : [];
  const since = spans[0]?.from ?? now;
  const monthly: MonthOfMessages[] = [];
  const ways = createMessageTally<{ platform: Platform; channel: Channel }>();
  const nationalities = createMessageTally<{ nationality: string | null }>();
  const hours = createMessageTally<Omit<HourOfWeek, "messages">>();
  const contacts: Contact[] = [];
  for (const [done, span] of spans.entries()) {
    signal.throwIfAborted();
    onProgress?.(done, spans.length);
    const volume = await readVolume(db, account_id, span);
    monthly.push({ month: span.from, ...sumBySender(volume) });
    for (const { platform, channel, nationality, guest, host, automation } of volume) {
      ways.add({ platform, channel }, guest + host + automation);
      nationalities.add({ nationality }, guest);
    }
    for (const { messages, ...hour } of await readHours(db, account_id, span)) hours.add(hour, messages);
    contacts.push(...(await readContacts(db, account_id, span, since)));
  }
  return {
    months: monthly.slice(monthly.findIndex(({ guest, host, automation }) => guest + host + automation > 0)),
    ways: ways.rows(),
    nationalities: nationalities.rows(),
    hours: hours.rows(),
    contacts,
  };
}

const adding = storageOperation("adding up the messages");
/** Below the connection's own limit, at which the driver would take the connection for broken and repeat the query. */
const INSIGHT_LIMIT_MS = 50_000;

async function newestSent(db: Db, account_id: string, now: Date): Promise<Date | null> {
  const newest = await db
    .collection<Message>(MESSAGES.name)
    .find(
      { account_id, timestamp: { $lte: now }, delivery_status: { $in: [...SENT] }, ...PRESENT },
      { maxTimeMS: INSIGHT_LIMIT_MS },
    )
    .project<Pick<Message, "timestamp">>({ _id: 0, timestamp: 1 })
    .sort({ timestamp: -1 })
    .limit(1)
    .next();
  return newest?.timestamp ?? null;
}

interface Span {
  readonly from: Date;
  readonly to: Date;
  /** No other month follows. */
  readonly isLast: boolean;
}

function monthsUntil(newest: Date, count: number): Span[] {
  const start = (back: number) => new Date(Date.UTC(newest.getUTCFullYear(), newest.getUTCMonth() - back));
  return Array.from({ length: count }, (_, index) => count - 1 - index).map((back) => ({
    from: start(back),
    to: start(back - 1),
    isLast: back === 0,
  }));
}

/** Runs a view's pipeline for part of an account: the filter comes first, so that it uses the collection's indexes. */
function aggregateView<T>(
  db: Db,
  { viewOn, pipeline }: ViewSpec,
  filter: Document,
  ...then: Document[]
): Promise<T[]> {
  const stages = [{ $match: filter }, ...pipeline, ...then];
  return adding(
    () => db.collection(viewOn).aggregate(stages, { maxTimeMS: INSIGHT_LIMIT_MS }).toArray() as Promise<T[]>,
  );
}

interface Volume extends Omit<MonthOfMessages, "month"> {
  readonly platform: Platform;
  readonly channel: Channel;
  readonly nationality: string | null;
}

function readVolume(db: Db, account_id: string, { from, to }: Span): Promise<Volume[]> {
  return aggregateView(
    db,
    V_DAILY_VOLUME,
    { account_id, timestamp: { $gte: from, $lt: to } },
    {
      $group: {
        _id: { platform: "$platform", channel: "$channel", nationality: "$guest_nationality" },
        guest: { $sum: "$by_guest" },
        host: { $sum: "$by_host" },
        automation: { $sum: "$by_automation" },
      },
    },
    {
      $project: {
        _id: 0,
        platform: "$_id.platform",
        channel: "$_id.channel",
        nationality: "$_id.nationality",
        guest: 1,
        host: 1,
        automation: 1,
      },
    },
  );
}

function readHours(db: Db, account_id: string, { from, to }: Span): Promise<HourOfWeek[]> {
  return aggregateView(
    db,
    V_MESSAGES,
    { account_id, timestamp: { $gte: from, $lt: to }, direction: "incoming" },
    { $match: { is_sent: true, local_hour: { $ne: null } } },
    { $group: { _id: { weekday: "$local_weekday", hour: "$local_hour" }, messages: { $sum: 1 } } },
    { $project: { _id: 0, weekday: "$_id.weekday", hour: "$_id.hour", messages: 1 } },
  );
}

/** Each conversation belongs to the month of its last message; it began in that or an earlier one. */
function readContacts(db: Db, account_id: string, span: Span, since: Date): Promise<Contact[]> {
  const { from, to, isLast } = span;
  return aggregateView(
    db,
    V_CONVERSATION_FACTS,
    { account_id, last_message_at: { $gte: from, ...(!isLast && { $lt: to }) } },
    { $match: { first_guest_message_at: { $gte: since } } },
    {
      $project: {
        property_id: 1,
        property_name: 1,
        first_guest_message_at: 1,
        first_host_response_minutes: 1,
        unanswered: 1,
      },
    },
  );
}

function sumBySender(volume: readonly Volume[]): Omit<MonthOfMessages, "month"> {
  const sum = (sender: "guest" | "host" | "automation") =>
    volume.reduce((total, row) => total + row[sender], 0);
  return { guest: sum("guest"), host: sum("host"), automation: sum("automation") };
}

/** Adds messages up by a key. */
function createMessageTally<Key extends object>() {
  const rows = new Map<string, Key & { messages: number }>();
  return {
    add(key: Key, messages: number) {
      const name = JSON.stringify(Object.entries(key).sort());
      const row = rows.get(name);
      if (row) row.messages += messages;
      else if (messages > 0) rows.set(name, { ...key, messages });
    },
    /** The largest count first. */
    rows: () => [...rows.values()].sort((a, b) => b.messages - a.messages),
  };
}
