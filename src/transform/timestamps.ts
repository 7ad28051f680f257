import type { TimestampSource } from "../domain/parts.ts";
import type { MessageRecord } from "./records.ts";

export interface DatedMessage {
  readonly record: MessageRecord;
  readonly timestamp: Date;
  readonly source: TimestampSource;
}

/**
 * The time at which each message of a page was sent. `date` is the *scheduled* date; the date that the
 * channel confirmed comes first. A message without any usable time takes the time of its newer neighbour in
 * the list, which is newest first; at the very top that of the older one, and in a thread without times
 * `fallback`.
 *
 * @param newer the time of the last message of the page before, or null on the first page
 */
export function assignTimestamps(
  page: readonly MessageRecord[],
  newer: Date | null,
  fallback: Date,
): DatedMessage[] {
  const own = page.map(ownTime);
  let neighbour = newer ?? own.find((time) => time !== null)?.timestamp ?? fallback;
  return page.map((record, index) => {
    const time = own[index] ?? { timestamp: neighbour, source: "retrieved" };
    neighbour = time.timestamp;
    return { record, ...time };
  });
}

function ownTime(record: MessageRecord): Omit<DatedMessage, "record"> | null {
  if (record.sentChannelDate) return { timestamp: record.sentChannelDate, source: "sent_channel_date" };
  if (record.date) return { timestamp: record.date, source: "date" };
  if (record.insertedOn) return { timestamp: record.insertedOn, source: "inserted_on" };
  if (record.updatedOn) return { timestamp: record.updatedOn, source: "updated_on" };
  return null;
}
