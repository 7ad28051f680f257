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
  is_image: flag("Whether it is a picture; null when not known.").nullable(),
  is_public: flag("Whether its link is open to everybody; null when not known.").nullable(),
  url: text("The link, of public attachments only: private links expire after seven days.").nullable(),
});
export type Attachment = z.infer<typeof Attachment>;

/** One message, whatever channel it travelled on: a pure function of what Hostaway sent. */
export const Message = z.object({
  message_id: id("Hostaway's message id; one document each."),
  account_id: id("The Hostaway account."),
  conversation_id: id("The thread it belongs to."),
  reservation: ReservationSnapshot.nullable().describe(
    "The booking or inquiry it is about: the one that it names itself, else its conversation's.",
  ),
  reservation_ids: z
    .array(z.string())
    .describe(
      "The bookings in whose history it stands: the one that it names, and the one its conversation is linked to.",
    ),
  property: Property.describe("The property it is about."),
  guest: Guest.describe("The guest of the conversation."),
  content: text("The message as plain text; HTML bodies are converted, everything else is unchanged."),
  content_html: text("The original body; only when it was HTML.").optional(),
  timestamp: time("When it was sent: order by this, then by the numeric `message_id`."),
  timestamp_source: oneOf(
    TIMESTAMP_SOURCES,
    "Which of Hostaway's dates `timestamp` is; `retrieved` when it had none and stands at its place in the thread.",
  ),
  local_timestamp: text("Wall-clock time at the property, ISO 8601 without zone.").nullable(),
  timezone: text("IANA time zone of the property.").nullable(),
  direction: oneOf(DIRECTIONS, "`incoming` from the guest, `outgoing` from the host's side."),
  message_type: oneOf(MESSAGE_TYPES, "`automated` when no person wrote it."),
  sender: z
    .object({
      type: oneOf(SENDER_TYPES, "Who wrote it."),
      name: text(
        "The guest's name; null for the host's side, whose persons Hostaway does not name.",
      ).nullable(),
    })
    .describe("Who wrote it."),
  channel: oneOf(CHANNELS, "How it travelled."),
  platform: oneOf(PLATFORMS, "Where the booking is from."),
  delivery_status: oneOf(DELIVERY_STATUSES, "What became of it."),
  source_status: text("Hostaway's own word for the delivery status.").nullable(),
  source_communication_type: text("Hostaway's own word behind `channel`.").nullable(),
  source_channel_id: whole(
    "Hostaway's channel number, when the message names one; else `platform` is its reservation's.",
  ).nullable(),
  source_reservation_id: id("The booking that the message names.").nullable(),
  source_conversation_id: id(
    "The conversation that the message names; `conversation_id` is the one that shows it.",
  ).nullable(),
  source_listing_id: id(
    "The listing that the message names; `property` prefers its reservation's.",
  ).nullable(),
  source_timezone: text(
    "The time zone that the message names; `timezone` prefers its property's.",
  ).nullable(),
  seen: flag("Whether it was marked as seen; null when Hostaway did not say.").nullable(),
  attachments: z.array(Attachment).describe("Files sent along, without their content."),
  source_inserted_at: time("Hostaway's `insertedOn`.").nullable(),
  source_updated_at: time("Hostaway's `updatedOn`.").nullable(),
});
export type Message = z.infer<typeof Message>;

/** A message as the database holds it. */
export type StoredMessage = Message & { readonly deleted_at?: Date };
