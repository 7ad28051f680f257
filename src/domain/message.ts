import { z } from "zod";
import { flag, id, oneOf, text, time, whole } from "./fields.ts";
import {
  CHANNELS,
  DELIVERY_STATUSES,
  DIRECTIONS,
  Guest,
  MESSAGE_TYPES,
  PLATFORMS,
  Property,
  ReservationSnapshot,
  SENDER_TYPES,
  TIMESTAMP_SOURCES,
} from "./parts.ts";

export const Attachment = z.object({
  id: id("Hostaway's attachment id.").nullable(),
  name: text("File name.").nullable(),
  mime_type: text("MIME type.").nullable(),
  extension: text("File name ending, without the dot.").nullable(),
  is_image: flag("Whether it is an image; null when unknown.").nullable(),
  is_public: flag("Whether its link is public; null when unknown.").nullable(),
  url: text("The link, for public attachments only: private links expire after seven days.").nullable(),
});
export type Attachment = z.infer<typeof Attachment>;

/** One message, whatever channel it travelled on: a pure function of what Hostaway sent. */
export const Message = z.object({
  message_id: id("Hostaway's message id; one document each."),
  account_id: id("The Hostaway account."),
  conversation_id: id("The thread it belongs to."),
  reservation: ReservationSnapshot.nullable().describe(
    "The booking or inquiry it is about: its own if it names one, or else its conversation's.",
  ),
  reservation_ids: z
    .array(z.string())
    .describe("The bookings whose history shows it: its own and its conversation's."),
  property: Property.describe("The property it is about."),
  guest: Guest.describe("The guest of the conversation."),
  content: text("The message as plain text; HTML bodies are converted, everything else is unchanged."),
  content_html: text("The original body, for HTML messages only.").optional(),
  timestamp: time("When it was sent. Sort by this, then by the numeric `message_id`."),
  timestamp_source: oneOf(
    TIMESTAMP_SOURCES,
    "The Hostaway date used as `timestamp`; `retrieved` when it had none and was placed by its position in the thread.",
  ),
  local_timestamp: text("Wall-clock time at the property, ISO 8601 without zone.").nullable(),
  timezone: text("IANA time zone of the property.").nullable(),
  direction: oneOf(DIRECTIONS, "`incoming` from the guest, `outgoing` from the host's side."),
  message_type: oneOf(MESSAGE_TYPES, "`automated` when no person wrote it."),
  sender: z
    .object({
      type: oneOf(SENDER_TYPES, "The sender."),
      name: text(
        "The guest's name; null for the host's side, as Hostaway does not tell staff apart.",
      ).nullable(),
    })
    .describe("The sender."),
  channel: oneOf(CHANNELS, "The channel it was sent on."),
  platform: oneOf(PLATFORMS, "The platform the booking came from."),
  delivery_status: oneOf(DELIVERY_STATUSES, "Whether it was delivered."),
  source_status: text("Hostaway's own word for the delivery status.").nullable(),
  source_communication_type: text("Hostaway's own word behind `channel`.").nullable(),
  source_channel_id: whole(
    "Hostaway's channel number, if the message names one; otherwise `platform` is its reservation's.",
  ).nullable(),
  source_reservation_id: id("The booking that the message names.").nullable(),
  source_conversation_id: id(
    "The conversation that the message names; `conversation_id` is the conversation that lists it.",
  ).nullable(),
  source_listing_id: id(
    "The listing that the message names; `property` prefers its reservation's.",
  ).nullable(),
  source_timezone: text(
    "The time zone that the message names; `timezone` prefers its property's.",
  ).nullable(),
  seen: flag("Whether it is marked as seen; null when unknown.").nullable(),
  attachments: z.array(Attachment).describe("Attached files, without their content."),
  source_inserted_at: time("Hostaway's `insertedOn`.").nullable(),
  source_updated_at: time("Hostaway's `updatedOn`.").nullable(),
});
export type Message = z.infer<typeof Message>;

/** A message as the database holds it. */
export type StoredMessage = Message & { readonly deleted_at?: Date };
