import type { Conversation } from "../../domain/conversation.ts";
import type { Message } from "../../domain/message.ts";
import { expectedGuest, nameParts, nameTokens } from "./guest.ts";
import { type ExpectedThread, expectedMessages, propertyOf } from "./message.ts";
import { expectedSnapshot } from "./reservation.ts";

export function expectedConversation(thread: ExpectedThread): Conversation {
  const { booking, marks } = thread;
  return {
    conversation_id: String(booking.conversationId),
    account_id: thread.accountId,
    type: booking.threadType,
    reservation: expectedSnapshot(booking),
    property: propertyOf(thread.listing),
    guest: expectedGuest(booking),
    platform: booking.channel.platform,
    participants: {
      recipient_name: booking.guest.recipientName.trim() || null,
      recipient_email: booking.guest.recipientEmail,
      guest_relay_email: booking.guest.relayEmail,
      host_relay_email: booking.hostRelayEmail,
    },
    name_tokens: nameTokens(booking),
    name_parts: nameParts(booking),
    ...sumUp(expectedMessages(thread)),
    unread: marks.unread,
    source_listing_id: thread.namedListingId,
    source_message_sent_at: dateOrNull(marks.sentAt),
    source_message_received_at: dateOrNull(marks.receivedAt),
  };
}

function sumUp(messages: readonly Message[]) {
  const incoming = messages.filter((message) => message.direction === "incoming");
  const outgoing = messages.filter((message) => message.direction === "outgoing");
  const happened = (message: Message) => message.delivery_status !== "scheduled";
  return {
    message_counts: {
      total: messages.length,
      incoming: incoming.length,
      outgoing: outgoing.length,
      automated: outgoing.filter((message) => message.message_type === "automated").length,
    },
    channels: [...new Set(messages.map((message) => message.channel))].sort(),
    first_message_at: extreme(messages, -1),
    last_message_at: extreme(messages.filter(happened), 1),
    last_incoming_at: extreme(incoming, 1),
    last_outgoing_at: extreme(outgoing.filter(happened), 1),
  };
}

/** The latest (1) or earliest (-1) timestamp. */
function extreme(messages: readonly Message[], sign: 1 | -1): Date | null {
  let best: Date | null = null;
  for (const { timestamp } of messages)
    if (best === null || sign * (timestamp.getTime() - best.getTime()) > 0) best = timestamp;
  return best;
}

function dateOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
