import type { Platform } from "../domain/parts.ts";

/**
 * The facts of the simulated world. Payloads and expected documents are both made from these facts, neither
 * from the other. Moments are milliseconds since 1970, always whole seconds.
 *
 * - *listing*: a property
 * - *booking*: a reservation or inquiry, with its guest; it may have a thread
 * - *message*: one message of a thread, known by its booking
 */
export interface ListingFacts {
  id: number;
  name: string;
  internalName: string | null;
  city: string;
  state: string;
  street: string;
  country: string;
  countryCode: string;
  /** The true time zone of the property. */
  zone: string;
  /** The time zone as set in Hostaway: the true one, none, or a text that is no time zone. */
  sentZone: string | null;
  /** The time zone that messages carry. */
  messageZone: string | null;
  currency: string;
  language: string;
  capacity: number;
  bedrooms: number;
  price: number;
  latitude: number;
  longitude: number;
  checkInFrom: number;
  checkInUntil: number | null;
  checkOutUntil: number;
  insertedAt: number;
  activityAt: number;
  wifiPassword: string;
  doorCode: string;
}

export interface GuestFacts {
  language: string;
  firstName: string | null;
  lastName: string | null;
  /** `guestName` of the reservation, odd ones such as "." included. */
  reservationName: string;
  /** `recipientName` of the conversation, odd ones included. */
  recipientName: string;
  recipientEmail: string | null;
  reservationEmail: string | null;
  relayEmail: string;
  phone: string | null;
  /** The country the phone number belongs to. */
  phoneCountry: string | null;
  /** `guestCountry` as Hostaway holds it: a code, an English name, "" or nothing. */
  countryText: string | null;
  /** The country `countryText` means. */
  country: string | null;
  city: string | null;
  locale: string | null;
  /** The region the locale names. */
  localeRegion: string | null;
}

export interface ChannelFacts {
  id: number;
  name: string;
  source: string | null;
  platform: Platform;
}

export interface Party {
  guests: number;
  adults: number | null;
  children: number | null;
  infants: number | null;
  pets: number | null;
}

export interface BookingFacts {
  index: number;
  reservationId: number;
  /** Null: bookings from a custom calendar have no conversation. */
  conversationId: number | null;
  listingId: number;
  channel: ChannelFacts;
  threadType: "host-guest-email" | "host-guest-native";
  guest: GuestFacts;
  party: Party;
  status: string;
  paymentStatus: string | null;
  confirmationCode: string | null;
  channelReservationId: string;
  arrival: number;
  departure: number;
  nights: number;
  checkIn: number;
  checkOut: number;
  datesUnspecified: boolean;
  priceCents: number;
  cleaningCents: number;
  currency: string;
  bookedAt: number;
  insertedAt: number;
  cancelledAt: number | null;
  cancelledBy: string | null;
  doorCode: string;
  hostRelayEmail: string;
}

export type Author = "guest" | "host" | "automation";

/** `communicationType`; undefined: the key is missing, as in messages of 2022. */
export type Medium = "channel" | "email" | "sms" | "whatsapp" | "carrier-pigeon" | undefined;

export type Status =
  | "sent"
  | "awaiting"
  | "paused"
  | "cancelled_by_user"
  | "cancelled_by_system"
  | "failed"
  /** An undocumented status. */
  | "queued";

/** The usable dates of a message: all, only the named ones, or none. */
export type DateQuality = "all" | "no_date" | "only_updated" | "none" | "zeros";

export interface AttachmentFacts {
  id: number;
  name: string;
  extension: string;
  mimeType: string;
  isImage: boolean | null;
  isPublic: boolean;
  url: string;
}

export interface AutomationFacts {
  id: number;
  ruleId: number;
  event: string;
  deltaSeconds: number;
}

export interface MessageFacts {
  id: number;
  author: Author;
  /** The text; paragraphs are separated by a blank line. */
  text: string;
  markup: "plain" | "html";
  subject: string | null;
  medium: Medium;
  channelId: number | null;
  status: Status;
  /** `date`: when it was written, or is to be sent. */
  at: number;
  insertedAt: number;
  updatedAt: number;
  sentChannelAt: number | null;
  dates: DateQuality;
  seen: boolean;
  source: string;
  automation: AutomationFacts | null;
  attachments: readonly AttachmentFacts[];
  /** The old image field: one link, several, or nothing. */
  imageUrls: string | readonly string[] | null;
  zone: string | null;
  threadMessageId: string | null;
  /** As recorded in 2022: neither `attachments` nor `communicationType`. */
  oldShape: boolean;
}

/** The activity marks of a thread and its reservation in the lists. */
export interface Marks {
  /** `messageSentOn` */
  sentAt: number | null;
  /** `messageReceivedOn` */
  receivedAt: number | null;
  unread: boolean;
  reservationUpdatedAt: number;
  latestActivityAt: number;
}
