import type { Attachment, Message } from "../../domain/message.ts";
import type { Channel, DeliveryStatus, Platform, TimestampSource } from "../../domain/parts.ts";
import type { AttachmentFacts, BookingFacts, ListingFacts, Marks, MessageFacts } from "../facts.ts";
import { bodyOf } from "../payload/message-body.ts";
import { isZone, wallClockText } from "../time.ts";
import { expectedGuest, nameOrNull } from "./guest.ts";
import { expectedSnapshot } from "./reservation.ts";

export interface ExpectedThread {
  readonly accountId: string;
  /** The listing that the conversation itself names. */
  readonly namedListingId: string;
  readonly booking: BookingFacts;
  readonly listing: ListingFacts;
  readonly marks: Marks;
  /** As the endpoint lists them, newest first. */
  readonly messages: readonly MessageFacts[];
}

/** Every message of a thread as it must be stored, newest first. */
export function expectedMessages(thread: ExpectedThread): Message[] {
  const { booking, listing } = thread;
  const moments = momentsOf(thread);
  const shared = {
    reservation: expectedSnapshot(booking),
    reservation_ids: [String(booking.reservationId)],
    property: propertyOf(listing),
    guest: expectedGuest(booking),
  };
  return thread.messages.map((message, index) => {
    const moment = moments[index] as ExpectedTime;
    return {
      message_id: String(message.id),
      account_id: thread.accountId,
      conversation_id: String(booking.conversationId),
      ...shared,
      ...contentOf(message),
      timestamp: new Date(moment.at),
      timestamp_source: moment.source,
      ...localTimeOf(moment.at, message, listing),
      ...authorOf(message, shared.guest.name),
      ...deliveryOf(message, booking),
      source_reservation_id: String(booking.reservationId),
      source_conversation_id: String(booking.conversationId),
      source_listing_id: String(booking.listingId),
      source_timezone: message.zone?.trim() ? message.zone : null,
      attachments: [...message.attachments.map(expectedAttachment), ...oldImages(message)],
      source_inserted_at: sourceDate(message, message.insertedAt, ["all", "no_date"]),
      source_updated_at: sourceDate(message, message.updatedAt, ["all", "no_date", "only_updated"]),
    };
  });
}

export function propertyOf(listing: ListingFacts) {
  return { id: String(listing.id), name: listing.internalName ?? listing.name };
}

interface ExpectedTime {
  readonly at: number;
  readonly source: TimestampSource;
}

function ownMoment(message: MessageFacts): ExpectedTime | null {
  switch (message.dates) {
    case "all":
      return message.sentChannelAt === null
        ? { at: message.at, source: "date" }
        : { at: message.sentChannelAt, source: "sent_channel_date" };
    case "no_date":
      return { at: message.insertedAt, source: "inserted_on" };
    case "only_updated":
      return { at: message.updatedAt, source: "updated_on" };
    default:
      return null;
  }
}

/**
 * A message without a date takes the time of its newer neighbour, else of its older one, else of its thread.
 */
function momentsOf({ messages, marks, booking }: ExpectedThread): ExpectedTime[] {
  const own = messages.map(ownMoment);
  return own.map((moment, index) => {
    if (moment) return moment;
    const newer = own.slice(0, index).findLast((other) => other !== null);
    const older = own.slice(index + 1).find((other) => other !== null);
    const at = newer?.at ?? older?.at ?? marks.receivedAt ?? marks.sentAt ?? booking.insertedAt;
    return { at, source: "retrieved" };
  });
}

function contentOf(message: MessageFacts) {
  return message.markup === "html"
    ? { content: message.text, content_html: bodyOf(message) }
    : { content: message.text };
}

function localTimeOf(at: number, message: MessageFacts, listing: ListingFacts) {
  const timezone = isZone(listing.sentZone) ? listing.sentZone : isZone(message.zone) ? message.zone : null;
  return { local_timestamp: timezone === null ? null : wallClockText(timezone, at), timezone };
}

function authorOf(message: MessageFacts, guestName: string | null) {
  const guest = message.author === "guest";
  return {
    direction: guest ? ("incoming" as const) : ("outgoing" as const),
    message_type: message.author === "automation" ? ("automated" as const) : ("manual" as const),
    sender: { type: message.author, name: guest ? nameOrNull(guestName) : null },
  };
}

function deliveryOf(message: MessageFacts, booking: BookingFacts) {
  return {
    channel: channelOf(message, booking.channel.platform),
    platform: booking.channel.platform,
    delivery_status: deliveryStatus(message.status),
    source_status: message.status,
    source_communication_type: message.medium ?? null,
    source_channel_id: message.channelId,
    seen: message.seen,
  };
}

function channelOf(message: MessageFacts, platform: Platform): Channel {
  const ownApp = platform === "direct" || platform === "booking_engine" ? "in_app" : "platform";
  const { medium } = message;
  if (medium === "email" || medium === "sms" || medium === "whatsapp") return medium;
  const byChannel = medium === "channel" || (medium === undefined && message.channelId !== null);
  return byChannel ? ownApp : "unknown";
}

function deliveryStatus(status: string): DeliveryStatus {
  switch (status) {
    case "sent":
    case "paused":
    case "failed":
      return status;
    case "awaiting":
      return "scheduled";
    case "cancelled_by_user":
    case "cancelled_by_system":
      return "cancelled";
    default:
      return "unknown";
  }
}

function expectedAttachment(one: AttachmentFacts): Attachment {
  return {
    id: String(one.id),
    name: one.name,
    mime_type: one.mimeType,
    extension: one.extension,
    is_image: one.isImage,
    is_public: one.isPublic,
    url: one.isPublic ? one.url : null,
  };
}

function oldImages({ imageUrls }: MessageFacts): Attachment[] {
  if (imageUrls === null) return [];
  const links = typeof imageUrls === "string" ? [imageUrls] : imageUrls;
  return links.map((link) => {
    const name = link.slice(link.lastIndexOf("/") + 1) || null;
    const dot = name?.lastIndexOf(".") ?? -1;
    const extension = name !== null && dot > 0 ? name.slice(dot + 1) : null;
    return { id: null, name, mime_type: null, extension, is_image: true, is_public: null, url: null };
  });
}

function sourceDate(message: MessageFacts, at: number, readable: readonly string[]): Date | null {
  return readable.includes(message.dates) ? new Date(at) : null;
}
