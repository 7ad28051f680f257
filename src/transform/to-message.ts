import type { Attachment, Message } from "../domain/message.ts";
import type { SenderType } from "../domain/parts.ts";
import type { ConversationMessage } from "../hostaway/schemas.ts";
import { toContent } from "./content.ts";
import { firstTimeZone, toLocalTimestamp } from "./local-time.ts";
import type { Thread } from "./thread.ts";
import type { Placed } from "./timestamps.ts";
import { toChannel, toDeliveryStatus, toPlatform } from "./words.ts";

/** Pure and total: whatever could go wrong went wrong in `decode`. */
export function toMessage({ record, timestamp, source }: Placed, thread: Thread): Message {
  const content = toContent(record.body);
  const channelId = record.channelId ?? thread.reservation?.source_channel_id ?? null;
  const platform = toPlatform(channelId);
  // The conversation's own listing is the account's id in some accounts, so it comes last.
  const listingId = thread.reservation?.listing_id ?? record.listingMapId ?? thread.record.listingMapId;
  const listing = thread.listing(listingId);
  const timezone = firstTimeZone(listing?.timezone ?? null, record.listingTimeZoneName);
  const sender = senderOf(record);
  return {
    message_id: record.id,
    account_id: thread.accountId,
    conversation_id: record.conversationId ?? thread.record.id,
    reservation: thread.snapshot,
    property: { id: listingId, name: listing?.name ?? null },
    guest: thread.guest,
    content: content.text,
    ...(content.html !== null && { content_html: content.html }),
    timestamp,
    timestamp_source: source,
    local_timestamp: toLocalTimestamp(timestamp, timezone),
    timezone,
    direction: record.isIncoming ? "incoming" : "outgoing",
    message_type: sender === "automation" ? "automated" : "manual",
    sender: { type: sender, name: sender === "guest" ? thread.guest.name : null },
    channel: toChannel(record.communicationType, record.channelId, platform),
    platform,
    delivery_status: toDeliveryStatus(record.status),
    source_status: record.status,
    source_communication_type: record.communicationType,
    source_channel_id: channelId,
    seen: record.isSeen,
    attachments: attachmentsOf(record),
    source_inserted_at: record.insertedOn,
    source_updated_at: record.updatedOn ?? record.insertedOn,
  };
}

/** Which person of the host's side wrote, Hostaway does not say: `userId` is always null. */
function senderOf(record: ConversationMessage): SenderType {
  if (record.isIncoming) return "guest";
  const automated =
    record.communicationId !== null ||
    record.communicationEvent !== null ||
    record.messageSource === "pre-generated" ||
    record.originatedBy?.startsWith("Automation") === true;
  return automated ? "automation" : "host";
}

function attachmentsOf(record: ConversationMessage): Attachment[] {
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

/** The older field for pictures holds bare links, of which nobody says how long they live. */
function pictureOf(url: string): Attachment {
  const name = url.split(/[?#]/)[0]?.split("/").at(-1) || null;
  const extension = name?.match(/\.([a-z0-9]{1,5})$/i)?.[1] ?? null;
  return { id: null, name, mime_type: null, extension, is_image: true, is_public: null, url: null };
}
