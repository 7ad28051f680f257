import { toPlainAmount } from "../domain/amount.ts";
import type { StoredMessage } from "../domain/message.ts";

/** The value of a cell, by the type of its column. */
interface Values {
  readonly text: string;
  /** A moment, in UTC. */
  readonly timestamp: Date;
  /** A calendar day, as midnight UTC. */
  readonly day: Date;
  readonly boolean: boolean;
  readonly integer: number;
  /** An exact amount in plain digits. */
  readonly decimal: string;
}
export type ColumnType = keyof Values;

/** Documents of earlier versions may lack a field. */
type Cell<Type extends ColumnType> = Values[Type] | null | undefined;

export type Column = {
  readonly [Type in ColumnType]: {
    readonly name: string;
    readonly type: Type;
    readonly read: (message: StoredMessage) => Cell<Type>;
  };
}[ColumnType];

/**
 * The columns of the flat formats, in their order. A name is the field's path with underscores. Add new ones
 * at the end: programs may count them.
 */
export const EXPORT_COLUMNS: readonly Column[] = [
  { name: "message_id", type: "text", read: (message) => message.message_id },
  { name: "conversation_id", type: "text", read: (message) => message.conversation_id },
  { name: "account_id", type: "text", read: (message) => message.account_id },
  { name: "timestamp", type: "timestamp", read: (message) => message.timestamp },
  { name: "local_timestamp", type: "text", read: (message) => message.local_timestamp },
  { name: "timezone", type: "text", read: (message) => message.timezone },
  { name: "direction", type: "text", read: (message) => message.direction },
  { name: "sender_type", type: "text", read: (message) => message.sender.type },
  { name: "sender_name", type: "text", read: (message) => message.sender.name },
  { name: "message_type", type: "text", read: (message) => message.message_type },
  { name: "channel", type: "text", read: (message) => message.channel },
  { name: "platform", type: "text", read: (message) => message.platform },
  { name: "content", type: "text", read: (message) => message.content },
  { name: "attachment_count", type: "integer", read: ({ attachments }) => attachments.length },
  { name: "attachment_names", type: "text", read: (message) => attachmentList(message, "name") },
  { name: "attachment_urls", type: "text", read: (message) => attachmentList(message, "url") },
  { name: "guest_name", type: "text", read: ({ guest }) => guest.name },
  { name: "guest_email", type: "text", read: ({ guest }) => guest.email },
  { name: "guest_phone", type: "text", read: ({ guest }) => guest.phone },
  { name: "guest_nationality", type: "text", read: ({ guest }) => guest.nationality },
  { name: "guest_nationality_source", type: "text", read: ({ guest }) => guest.nationality_source },
  { name: "guest_locale", type: "text", read: ({ guest }) => guest.locale },
  { name: "property_id", type: "text", read: ({ property }) => property.id },
  { name: "property_name", type: "text", read: ({ property }) => property.name },
  { name: "reservation_id", type: "text", read: ({ reservation }) => reservation?.id },
  { name: "reservation_status", type: "text", read: ({ reservation }) => reservation?.status },
  { name: "reservation_arrival_date", type: "day", read: ({ reservation }) => reservation?.arrival_date },
  { name: "reservation_departure_date", type: "day", read: ({ reservation }) => reservation?.departure_date },
  {
    name: "reservation_price",
    type: "decimal",
    read: ({ reservation }) => toPlainAmount(reservation?.price),
  },
  { name: "reservation_currency", type: "text", read: ({ reservation }) => reservation?.currency },
  { name: "delivery_status", type: "text", read: (message) => message.delivery_status },
  { name: "seen", type: "boolean", read: (message) => message.seen },
  { name: "timestamp_source", type: "text", read: (message) => message.timestamp_source },
  { name: "source_status", type: "text", read: (message) => message.source_status },
  { name: "source_communication_type", type: "text", read: (message) => message.source_communication_type },
  { name: "source_channel_id", type: "integer", read: (message) => message.source_channel_id },
  { name: "source_listing_id", type: "text", read: (message) => message.source_listing_id },
  { name: "source_timezone", type: "text", read: (message) => message.source_timezone },
  { name: "source_inserted_at", type: "timestamp", read: (message) => message.source_inserted_at },
  { name: "source_updated_at", type: "timestamp", read: (message) => message.source_updated_at },
  { name: "deleted_at", type: "timestamp", read: (message) => message.deleted_at },
];

/** One line each; null when there is nothing to list. */
function attachmentList({ attachments }: StoredMessage, field: "name" | "url"): string | null {
  const values = attachments.flatMap((attachment) => attachment[field] ?? []);
  return values.length > 0 ? values.join("\n") : null;
}
