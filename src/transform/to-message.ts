import type { Attachment, Message } from "../domain/message.ts";
import type { SenderType } from "../domain/parts.ts";
import { toContent } from "./content.ts";
import { toChannel, toDeliveryStatus, toPlatform } from "./hostaway-codes.ts";
import { firstTimeZone, toLocalTimestamp } from "./local-time.ts";
import type { MessageRecord } from "./records.ts";
import { reservationOf, snapshotOf, type Thread } from "./thread.ts";
import type { DatedMessage } from "./timestamps.ts";

/** The fields of the message itself; the others come from its thread. */
type OwnFields = Omit<
  Message,
  | "reservation"
  | "reservation_ids"
  | "property"
  | "guest"
  | "timezone"
  | "local_timestamp"
  | "sender"
  | "channel"
  | "platform"
> & { readonly sender: Pick<Message["sender"], "type"> };

/** Pure and total: bad records have failed in `decode`. */
export function toMessage({ record, timestamp, source }: DatedMessage, thread: Thread): Message {
  const content = toContent(record.body);
  const sender = senderOf(record);
  const own: OwnFields = {
    message_id: record.id,
    account_id: thread.accountId,
    // The thread that listed the message, whatever the record says: deletions are detected there.
    conversation_id: thread.record.id,
    content: content.text,
    ...(content.html !== null && { content_html: content.html }),
    timestamp,
    timestamp_source: source,
    direction: record.isIncoming ? "incoming" : "outgoing",
    message_type: sender === "automation" ? "automated" : "manual",
    sender: { type: sender },
    delivery_status: toDeliveryStatus(record.status),
    source_status: record.status,
    source_communication_type: record.communicationType,
    source_channel_id: record.channelId,
    source_reservation_id: record.reservationId,
    source_conversation_id: record.conversationId,
    source_listing_id: record.listingMapId,
    source_timezone: record.listingTimeZoneName,
    seen: record.isSeen,
    attachments: toAttachments(record),
    source_inserted_at: record.insertedOn,
    source_updated_at: record.updatedOn ?? record.insertedOn,
  };
  return applyThread(own, thread);
}

/**
 * The message with the current fields of its thread; also updates a stored message after a change of its
 * reservation or listing. The keys come in a fixed order, which the content hash relies on.
 */
export function applyThread(own: OwnFields, thread: Thread): Message {
  const named = own.source_reservation_id ?? null;
  const reservation = reservationOf(thread, named);
  const platform = toPlatform(own.source_channel_id ?? reservation?.source_channel_id ?? null);
  // The conversation's own listing is the account's id in some accounts, so it comes last.
  const listingId = reservation?.listing_id ?? own.source_listing_id ?? thread.record.listingMapId;
  const listing = thread.listing(listingId);
  const timezone = firstTimeZone(listing?.timezone ?? null, own.source_timezone);
  return {
    message_id: own.message_id,
    account_id: own.account_id,
    conversation_id: own.conversation_id,
    reservation: snapshotOf(thread, named),
    reservation_ids: [...new Set([named, thread.record.reservationId])].filter((id) => id !== null),
    property: { id: listingId, name: listing?.name ?? null },
    guest: thread.guest,
    content: own.content,
    ...(own.content_html !== undefined && { content_html: own.content_html }),
    timestamp: own.timestamp,
    timestamp_source: own.timestamp_source,
    local_timestamp: toLocalTimestamp(own.timestamp, timezone),
    timezone,
    direction: own.direction,
    message_type: own.message_type,
    sender: { type: own.sender.type, name: own.sender.type === "guest" ? thread.guest.name : null },
    channel: toChannel(own.source_communication_type, own.source_channel_id, platform),
    platform,
    delivery_status: own.delivery_status,
    source_status: own.source_status,
    source_communication_type: own.source_communication_type,
    source_channel_id: own.source_channel_id,
    source_reservation_id: named,
    source_conversation_id: own.source_conversation_id ?? null,
    source_listing_id: own.source_listing_id,
    source_timezone: own.source_timezone,
    seen: own.seen,
    attachments: own.attachments,
    source_inserted_at: own.source_inserted_at,
    source_updated_at: own.source_updated_at,
  };
}

/** Hostaway does not name the person on the host's side: `userId` is always null. */
function senderOf(record: MessageRecord): SenderType {
  if (record.isIncoming) return "guest";
  const automated =
    record.communicationId !== null ||
    record.communicationEvent !== null ||
    record.messageSource === "pre-generated" ||
    record.originatedBy?.startsWith("Automation") === true;
  return automated ? "automation" : "host";
}

function toAttachments(record: MessageRecord): Attachment[] {
  const files = (record.attachments ?? []).filter((file) => file !== null);
  const pictures = (record.imagesUrls ?? []).filter((url) => url !== null);
  return [
    ...files.map((file) => ({
      id: file.id,
      name: file.name,
      mime_type: file.mimeType,
      extension: file.extension,
      is_image: file.isImage,
      is_public: file.isPublic,
      url: file.isPublic === true ? file.url : null,
    })),
    ...pictures.map(pictureOf),
  ];
}

/** The older field for pictures holds bare links of unknown lifetime. */
function pictureOf(url: string): Attachment {
  const name = url.split(/[?#]/)[0]?.split("/").at(-1) || null;
  const extension = name?.match(/\.([a-z0-9]{1,5})$/i)?.[1] ?? null;
  return { id: null, name, mime_type: null, extension, is_image: true, is_public: null, url: null };
}
