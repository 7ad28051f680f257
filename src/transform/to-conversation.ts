import type { Conversation } from "../domain/conversation.ts";
import type { Message } from "../domain/message.ts";
import type { Channel } from "../domain/parts.ts";
import { toNameParts } from "./name-parts.ts";
import { toNameTokens } from "./name-tokens.ts";
import type { Thread } from "./thread.ts";

/**
 * Totals over a conversation's messages; they grow message by message, so that no thread is held in memory.
 */
export interface MessageTally {
  total: number;
  incoming: number;
  automated: number;
  readonly channels: Set<Channel>;
  first: Date | null;
  lastIncoming: Date | null;
  lastOutgoing: Date | null;
  /** The times of scheduled messages. */
  readonly scheduled: Date[];
}

export function emptyTally(): MessageTally {
  return {
    total: 0,
    incoming: 0,
    automated: 0,
    channels: new Set(),
    first: null,
    lastIncoming: null,
    lastOutgoing: null,
    scheduled: [],
  };
}

/** Scheduled messages count, but lie in the future: they are not the last message. */
export function addToTally(tally: MessageTally, message: Message): void {
  const incoming = message.direction === "incoming";
  tally.total += 1;
  if (incoming) tally.incoming += 1;
  if (message.message_type === "automated") tally.automated += 1;
  tally.channels.add(message.channel);
  tally.first = earlierDate(tally.first, message.timestamp);
  if (message.delivery_status === "scheduled") {
    tally.scheduled.push(message.timestamp);
    return;
  }
  if (incoming) tally.lastIncoming = laterDate(tally.lastIncoming, message.timestamp);
  else tally.lastOutgoing = laterDate(tally.lastOutgoing, message.timestamp);
}

export function toConversation(thread: Thread, tally: MessageTally): Conversation {
  const { record, reservation } = thread;
  const propertyId = reservation?.listing_id ?? record.listingMapId;
  const names = [
    record.recipientName,
    reservation?.guest.name,
    reservation?.guest_first_name,
    reservation?.guest_last_name,
  ];
  return {
    conversation_id: record.id,
    account_id: thread.accountId,
    type: record.type,
    reservation: thread.snapshot,
    property: { id: propertyId, name: thread.listing(propertyId)?.name ?? null },
    guest: thread.guest,
    platform: reservation?.platform ?? "unknown",
    participants: {
      recipient_name: record.recipientName,
      recipient_email: record.recipientEmail,
      guest_relay_email: record.guestEmail,
      host_relay_email: record.hostEmail,
    },
    name_tokens: toNameTokens(...names),
    name_parts: toNameParts(...names),
    message_counts: {
      total: tally.total,
      incoming: tally.incoming,
      outgoing: tally.total - tally.incoming,
      automated: tally.automated,
    },
    channels: [...tally.channels].sort(),
    first_message_at: tally.first,
    last_message_at: laterDate(tally.lastIncoming, tally.lastOutgoing),
    last_incoming_at: tally.lastIncoming,
    last_outgoing_at: tally.lastOutgoing,
    unread: record.hasUnreadMessages,
    source_listing_id: record.listingMapId,
    source_message_sent_at: record.messageSentOn,
    source_message_received_at: record.messageReceivedOn,
  };
}

function earlierDate(a: Date | null, b: Date): Date {
  return a !== null && a <= b ? a : b;
}

function laterDate(a: Date | null, b: Date): Date;
function laterDate(a: Date | null, b: Date | null): Date | null;
function laterDate(a: Date | null, b: Date | null): Date | null {
  if (a === null) return b;
  return b === null || a >= b ? a : b;
}
