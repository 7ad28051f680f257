import { z } from "zod";
import { flag, id, oneOf, text, time, whole } from "./fields.ts";
import { CHANNELS, Guest, PLATFORMS, Property, ReservationSnapshot } from "./parts.ts";

/** One thread between the host's side and a guest, with totals over its stored messages. */
export const Conversation = z.object({
  conversation_id: id("Hostaway's conversation id; one document each."),
  account_id: id("The Hostaway account."),
  type: text("The kind of thread in Hostaway's words, such as `host-guest-email`.").nullable(),
  reservation: ReservationSnapshot.nullable().describe("The booking or inquiry it is about."),
  property: Property.describe("The property it is about."),
  guest: Guest.describe("The guest."),
  platform: oneOf(PLATFORMS, "The platform the booking came from."),
  participants: z
    .object({
      recipient_name: text("The guest's name as the conversation has it.").nullable(),
      recipient_email: text("The guest's own address as the conversation has it.").nullable(),
      guest_relay_email: text("Hostaway's relay address for the guest.").nullable(),
      host_relay_email: text("Hostaway's relay address for the host.").nullable(),
    })
    .describe("The participants, as listed in the conversation."),
  name_tokens: z
    .array(z.string())
    .describe("The guest's names as lower-case words without diacritics, for finding people."),
  name_parts: z
    .array(z.string())
    .describe(
      "Search keys of the names: their words, transliterated to Latin letters too, and the endings of those words.",
    ),
  message_counts: z
    .object({
      total: whole("All messages that could be read."),
      incoming: whole("From the guest."),
      outgoing: whole("From the host's side."),
      automated: whole("Outgoing messages sent by an automation."),
    })
    .describe("Number of messages."),
  channels: z
    .array(z.enum(CHANNELS))
    .describe("The channels its messages travelled on, in alphabetical order."),
  first_message_at: time("`timestamp` of the oldest message.").nullable(),
  last_message_at: time("`timestamp` of the newest message, excluding scheduled messages.").nullable(),
  last_incoming_at: time("`timestamp` of the guest's newest message.").nullable(),
  last_outgoing_at: time(
    "`timestamp` of the host side's newest message, excluding scheduled messages.",
  ).nullable(),
  unread: flag(
    "Hostaway's `hasUnreadMessages`; stays set for hosts who read in the channel's own app.",
  ).nullable(),
  source_listing_id: id(
    "The listing that the conversation names; `property` prefers its reservation's.",
  ).nullable(),
  source_message_sent_at: time("Hostaway's `messageSentOn`.").nullable(),
  source_message_received_at: time("Hostaway's `messageReceivedOn`.").nullable(),
});
export type Conversation = z.infer<typeof Conversation>;
