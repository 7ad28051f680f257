import type { AttachmentFacts, BookingFacts, DateQuality, MessageFacts } from "../facts.ts";
import { hash } from "../random.ts";
import { utcText, utcTextOrNull } from "../time.ts";
import { bodyOf } from "./message-body.ts";

/** The context of a message's payload. */
export interface MessageContext {
  readonly accountId: number;
  readonly booking: BookingFacts;
  readonly listingName: string;
  /** Some clients claim that the endpoint has `messageSource` and `originatedBy`, too; undocumented. */
  readonly sourceOnEndpoint: boolean;
}

/** `GET /conversations/{id}/messages`: keys and order as in a recorded `message.received` body. */
export function endpointMessage(message: MessageFacts, context: MessageContext): Record<string, unknown> {
  const { booking } = context;
  const dates = datesOf(message);
  return {
    id: message.id,
    accountId: context.accountId,
    userId: null,
    listingMapId: booking.listingId,
    reservationId: booking.reservationId,
    conversationId: booking.conversationId,
    communicationId: message.automation?.id ?? null,
    airbnbThreadMessageId: null,
    channelId: message.channelId,
    channelThreadMessageId: message.threadMessageId,
    body: bodyOf(message),
    imagesUrls: message.imageUrls,
    bookingcomSubthreadId: null,
    inReplyTo: null,
    bookingcomReplyOptions: null,
    bookingcomSelectedOptions: null,
    isIncoming: message.author === "guest" ? 1 : 0,
    isSeen: message.seen ? 1 : 0,
    sentUsingHostaway: sentUsingHostaway(message),
    hash: messageHash(message),
    listingTimeZoneName: message.zone,
    ...automationFields(message),
    date: dates.date,
    status: message.status,
    sentChannelDate: dates.sentChannel,
    listingName: message.id % 3 === 0 ? null : context.listingName,
    ...(message.oldShape ? {} : { attachments: attachmentPayloads(message, context) }),
    insertedOn: dates.inserted,
    updatedOn: dates.updated,
    ...(message.medium === undefined ? {} : { communicationType: message.medium }),
    ...(context.sourceOnEndpoint
      ? { messageSource: message.source, originatedBy: originatedBy(message) }
      : {}),
  };
}

/** `conversationMessages[0]`: the raw entity, another shape than the endpoint's, and no key is ever missing (recorded, 100 of 100). */
export function embeddedMessage(message: MessageFacts, context: MessageContext): Record<string, unknown> {
  const { booking } = context;
  const dates = datesOf(message);
  return {
    id: message.id,
    accountId: context.accountId,
    userId: null,
    listingMapId: booking.listingId,
    reservationId: booking.reservationId,
    channelId: message.channelId,
    conversationId: booking.conversationId,
    communicationId: message.automation?.id ?? null,
    whatsappTemplateId: null,
    whatsappBusinessTemplateId: null,
    airbnbThreadMessageId: null,
    channelThreadMessageId: message.threadMessageId,
    ccEmail1: null,
    ccEmail2: null,
    subject: message.subject,
    body: bodyOf(message),
    imagesUrls: message.imageUrls,
    bookingcomSubthreadId: null,
    isIncoming: message.author === "guest" ? 1 : 0,
    isSeen: message.seen ? 1 : 0,
    isSeenBy: message.seen && message.author !== "guest" ? "system" : null,
    originatedBy: originatedBy(message),
    isSeenAt: message.seen ? (dates.updated ?? null) : null,
    sentUsingHostaway: sentUsingHostaway(message),
    hash: messageHash(message),
    objectKey: null,
    listingTimeZoneName: message.zone,
    ...automationFields(message),
    status: message.status,
    date: dates.date ?? null,
    sentToChannelDate: dates.sentChannel ?? null,
    sentToChannelAttemptDate: dates.sentChannel ?? null,
    messageSource: message.source,
    communicationType: message.medium ?? "channel",
    reasonFailed: null,
    readableReasonFailed: null,
    isUnique: message.threadMessageId === null ? null : 1,
    isUniquePerCommunication: 1,
    retryCount: message.sentChannelAt === null ? 0 : 1,
    insertedOn: dates.inserted ?? null,
    updatedOn: dates.updated ?? null,
    notUpdateOnReservationChange: null,
    Reservation: null,
    ListingMap: null,
    Conversation: null,
    AirbnbOfficialMessageMetadata: airbnbMetadata(message, context),
    communicationName: null,
    attachments: null,
    twilioMessageIdConversationMessageId: null,
    whatsAppMessageIdConversationMessageId: null,
    attachment: null,
    conversationMessageNote: [],
    conversationSnooze: [],
    conversationArchive: [],
  };
}

function automationFields({ automation }: MessageFacts) {
  return {
    communicationEvent: automation?.event ?? null,
    communicationTimeDelta: null,
    communicationTimeDeltaSeconds: automation?.deltaSeconds ?? 0,
    communicationApplyListingTimeZone: automation ? 1 : null,
    communicationAlwaysTrigger: automation ? automation.id % 2 : null,
  };
}

function sentUsingHostaway(message: MessageFacts): 0 | 1 {
  return message.author === "automation" || message.source === "Dashboard" ? 1 : 0;
}

function originatedBy(message: MessageFacts): string {
  if (message.automation) return `Automation #${message.automation.ruleId}`;
  return message.source === "Dashboard" ? "Account #1573" : "system";
}

interface DateTexts {
  date: string | null | undefined;
  sentChannel: string | null | undefined;
  inserted: string | null | undefined;
  updated: string | null | undefined;
}

/** The dates of each quality: null, a missing key, or zeros. */
const DATE_TEXTS: Readonly<Record<Exclude<DateQuality, "all">, (message: MessageFacts) => DateTexts>> = {
  no_date: (message) => ({
    date: null,
    sentChannel: null,
    inserted: utcText(message.insertedAt),
    updated: utcText(message.updatedAt),
  }),
  only_updated: (message) => ({
    date: null,
    sentChannel: undefined,
    inserted: undefined,
    updated: utcText(message.updatedAt),
  }),
  none: () => ({ date: null, sentChannel: null, inserted: undefined, updated: undefined }),
  zeros: () => {
    const zero = "0000-00-00 00:00:00";
    return { date: zero, sentChannel: zero, inserted: zero, updated: zero };
  },
};

function datesOf(message: MessageFacts): DateTexts {
  if (message.dates !== "all") return DATE_TEXTS[message.dates](message);
  return {
    date: utcText(message.at),
    sentChannel: utcTextOrNull(message.sentChannelAt),
    inserted: utcText(message.insertedAt),
    updated: utcText(message.updatedAt),
  };
}

function messageHash(message: MessageFacts): string {
  const seconds = message.updatedAt / 1000;
  return [1, 2, 3, 4].map((part) => hash(message.id, seconds, part).toString(16).padStart(8, "0")).join("");
}

function attachmentPayloads(message: MessageFacts, context: MessageContext): unknown[] {
  return message.attachments.map((one) => attachmentPayload(one, message, context));
}

/** Key order of the documented attachment object (2026-06-10). */
function attachmentPayload(one: AttachmentFacts, message: MessageFacts, context: MessageContext) {
  return {
    accountId: context.accountId,
    listingMapId: null,
    reservationId: context.booking.reservationId,
    taskId: null,
    name: one.name,
    url: one.url,
    isPublic: one.isPublic ? 1 : 0,
    communicationId: null,
    conversationMessageId: message.id,
    extension: one.extension,
    mimeType: one.mimeType,
    isImage: one.isImage === null ? null : one.isImage ? 1 : 0,
    id: one.id,
  };
}

function airbnbMetadata(message: MessageFacts, { booking, accountId }: MessageContext) {
  if (booking.channel.id !== 2018 || message.medium !== "channel") return null;
  const guest = message.author === "guest";
  return {
    id: 350_000 + (message.id % 600_000),
    conversationMessageId: message.id,
    airbnbUserId: 17_000_000 + (hash(message.id) % 100_000_000),
    userName: guest ? booking.guest.firstName : "Host",
    insertedOn: utcText(message.insertedAt),
    updatedOn: utcText(message.updatedAt),
    AirbnbOfficialAccount: guest ? null : airbnbAccount(accountId, message),
    role: guest ? null : "main account",
  };
}

function airbnbAccount(accountId: number, message: MessageFacts) {
  return {
    id: 768_978,
    accountId,
    airbnbAccountId: "000000000",
    email: "canary-host-account@example.com",
    firstName: "CANARY-host-first",
    lastName: "CANARY-host-last",
    phone: null,
    pictureUrl: "https://example.com/canary-picture",
    pictureUrlLarge: "https://example.com/canary-picture-large",
    isActive: 1,
    accessTokenExpiresAt: utcText(message.updatedAt + 86_400_000),
    insertedOn: "2022-12-05 22:45:06",
    updatedOn: utcText(message.updatedAt),
  };
}
