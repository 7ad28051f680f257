import type { BookingFacts, Marks, MessageFacts } from "../facts.ts";
import { utcTextOrNull } from "../time.ts";
import { embeddedMessage, type MessageContext } from "./message.ts";
import { reservationPayload } from "./reservation.ts";

export interface ConversationContext {
  readonly message: MessageContext;
  readonly marks: Marks;
  readonly newest: MessageFacts | null;
  /** In 2018 and 2022 a conversation's `listingMapId` was the account's id; in 2025 it was right. */
  readonly wrongListing: boolean;
  readonly embed: boolean;
  readonly localeInside: boolean;
}

/** A conversation: keys and order as recorded. */
export function conversationPayload(
  booking: BookingFacts,
  context: ConversationContext,
): Record<string, unknown> {
  const { accountId } = context.message;
  return {
    id: booking.conversationId,
    accountId,
    listingMapId: context.wrongListing ? accountId : booking.listingId,
    reservationId: booking.reservationId,
    type: booking.threadType,
    recipientEmail: booking.guest.recipientEmail,
    recipientName: booking.guest.recipientName,
    recipientPicture:
      booking.index % 3 === 0 ? null : `https://pictures.example.com/${booking.reservationId}`,
    hostEmail: booking.hostRelayEmail,
    guestEmail: booking.guest.relayEmail,
    hasUnreadMessages: context.marks.unread ? 1 : 0,
    messageSentOn: utcTextOrNull(context.marks.sentAt),
    messageReceivedOn: utcTextOrNull(context.marks.receivedAt),
    conversationMessages:
      context.embed && context.newest ? [embeddedMessage(context.newest, context.message)] : [],
    ...(context.embed ? { Reservation: insideReservation(booking, context) } : {}),
  };
}

function insideReservation(booking: BookingFacts, context: ConversationContext) {
  return reservationPayload(booking, {
    accountId: context.message.accountId,
    listingName: context.message.listingName,
    marks: context.marks,
    place: "inside conversation",
    localeInside: context.localeInside,
  });
}
