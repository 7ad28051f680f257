import { z } from "zod";
import { isNoDate, toDay, toMoment } from "./dates.ts";
import { decodeEntities } from "./entities.ts";
import { lenient } from "./lenient.ts";

/**
 * Records as Hostaway sends them, with the fields that this program uses. Only an item's identity (and the
 * direction of a message) is required; every other missing or odd field becomes null, because one strange
 * value must not cost a message. Other fields, door codes, Wi-Fi passwords and card data among them, never
 * get past this file.
 */

const UNUSABLE_ID = { error: "not a usable id" };

/** More digits are no 64-bit integer; an endless id is too long for an index or an address. */
const ID_AS_TEXT = /^[1-9]\d{0,18}$/;

/** Hostaway's ids are integers, now and then written as text; 0 means "none". */
const Id = z
  .union([z.int().positive(UNUSABLE_ID), z.string().regex(ID_AS_TEXT, UNUSABLE_ID)], UNUSABLE_ID)
  .transform(String);

/** The id of a raw record as `Id` takes it, without the cost of a schema; null where it refuses. */
export function usableIdOf(raw: unknown): string | null {
  if (typeof raw !== "object" || raw === null || !("id" in raw)) return null;
  const { id } = raw;
  if (typeof id === "number") return Number.isSafeInteger(id) && id > 0 ? String(id) : null;
  return typeof id === "string" && ID_AS_TEXT.test(id) ? id : null;
}

/** Hostaway sends booleans as 0 or 1, now and then as text. */
const Flag = z
  .union([z.boolean(), z.literal(0), z.literal(1), z.literal("0"), z.literal("1")], {
    error: "neither 0 nor 1",
  })
  .transform((value) => value === true || value === 1 || value === "1");

/** A lone surrogate cannot be stored as UTF-8; it becomes U+FFFD here, once, so that hashes agree. */
const Text = z.union([z.string(), z.number().transform(String)]).transform((value) => value.toWellFormed());

/** Text that is not blank. */
const Word = Text.transform((value) => value.trim()).refine((value) => value !== "");

/** Names; some channels escape them as HTML. */
const Name = Word.transform(decodeEntities);

const WholeNumber = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);

/** Money as decimal text: a binary fraction would not be exact. */
const AmountText = z.union([z.number().transform(String), z.string().regex(/^-?\d{1,20}(\.\d{1,10})?$/)]);

const UtcTime = lenient(z.union([z.string(), z.number()]).transform(toMoment));
const Day = lenient(z.string().transform(toDay));

/**
 * The names of the fields whose date could not be parsed, and so is null in the decoded record. Hostaway's
 * values for "no date" do not count.
 */
export function unreadDates(
  schema: z.ZodObject,
  raw: unknown,
  record: Readonly<Record<string, unknown>>,
): string[] {
  if (typeof raw !== "object" || raw === null) return [];
  return dateFieldsOf(schema).filter((name) => record[name] === null && !isNoDate(Reflect.get(raw, name)));
}

const dateFields = new Map<z.ZodObject, readonly string[]>();

function dateFieldsOf(schema: z.ZodObject): readonly string[] {
  let names = dateFields.get(schema);
  if (!names) {
    names = Object.entries(schema.shape).flatMap(([name, field]) =>
      field === UtcTime || field === Day ? [name] : [],
    );
    dateFields.set(schema, names);
  }
  return names;
}

/** A longer list is garbage, and reading a million files would block the process for seconds. */
const MOST_FILES = 1_000;

const files = <S extends z.ZodType>(schema: S) =>
  z
    .array(z.unknown())
    .transform((list) => list.slice(0, MOST_FILES))
    .pipe(z.array(lenient(schema)));

export const AttachmentRecord = z.object({
  id: lenient(Id),
  name: lenient(Name),
  url: lenient(Word),
  extension: lenient(Word),
  mimeType: lenient(Word),
  isImage: lenient(Flag),
  isPublic: lenient(Flag),
});
export type AttachmentRecord = z.infer<typeof AttachmentRecord>;

/** `GET /conversations/{id}/messages`, and the `data` of a message webhook. */
export const MessageRecord = z.object({
  id: Id,
  isIncoming: Flag, // without it the author would be a guess
  accountId: lenient(Id),
  conversationId: lenient(Id),
  reservationId: lenient(Id),
  listingMapId: lenient(Id),
  channelId: lenient(WholeNumber),
  communicationId: lenient(Id),
  communicationEvent: lenient(Word),
  communicationType: lenient(Word),
  messageSource: lenient(Word),
  originatedBy: lenient(Word),
  body: lenient(Text),
  status: lenient(Word),
  isSeen: lenient(Flag),
  listingTimeZoneName: lenient(Word),
  date: UtcTime,
  sentChannelDate: UtcTime,
  insertedOn: UtcTime,
  updatedOn: UtcTime,
  attachments: lenient(files(AttachmentRecord)),
  imagesUrls: lenient(files(Word).or(Word.transform((url): (string | null)[] => [url]))),
});
export type MessageRecord = z.infer<typeof MessageRecord>;

export const ConversationRecord = z.object({
  id: Id,
  accountId: lenient(Id),
  listingMapId: lenient(Id),
  reservationId: lenient(Id),
  type: lenient(Word),
  recipientName: lenient(Name),
  recipientEmail: lenient(Word),
  hostEmail: lenient(Word),
  guestEmail: lenient(Word), // Hostaway's relay address, not the guest's own
  hasUnreadMessages: lenient(Flag),
  messageSentOn: UtcTime,
  messageReceivedOn: UtcTime,
  /** A snapshot of the reservation in the shape of `Reservation`, decoded on its own. */
  Reservation: z.unknown().optional(),
});
export type ConversationRecord = z.infer<typeof ConversationRecord>;

export const ReservationRecord = z.object({
  id: Id,
  listingMapId: lenient(Id),
  channelId: lenient(WholeNumber),
  channelName: lenient(Word),
  channelReservationId: lenient(Word),
  confirmationCode: lenient(Word),
  status: lenient(Word),
  paymentStatus: lenient(Word),
  guestName: lenient(Name),
  guestFirstName: lenient(Name),
  guestLastName: lenient(Name),
  guestEmail: lenient(Word),
  guestCity: lenient(Name),
  guestCountry: lenient(Word),
  guestLocale: lenient(Word),
  phone: lenient(Word),
  numberOfGuests: lenient(WholeNumber),
  adults: lenient(WholeNumber),
  children: lenient(WholeNumber),
  infants: lenient(WholeNumber),
  pets: lenient(WholeNumber),
  arrivalDate: Day,
  departureDate: Day,
  isDatesUnspecified: lenient(Flag),
  nights: lenient(WholeNumber),
  checkInTime: lenient(WholeNumber),
  checkOutTime: lenient(WholeNumber),
  totalPrice: lenient(AmountText),
  currency: lenient(Word),
  reservationDate: UtcTime,
  cancellationDate: UtcTime,
  cancelledBy: lenient(Word),
  insertedOn: UtcTime,
  updatedOn: UtcTime,
});
export type ReservationRecord = z.infer<typeof ReservationRecord>;

export const ListingRecord = z.object({
  id: Id,
  name: lenient(Name),
  internalListingName: lenient(Name),
  city: lenient(Word),
  state: lenient(Word),
  countryCode: lenient(Word),
  timeZoneName: lenient(Word),
  currencyCode: lenient(Word),
  personCapacity: lenient(WholeNumber),
  checkInTimeStart: lenient(WholeNumber),
  checkInTimeEnd: lenient(WholeNumber),
  checkOutTime: lenient(WholeNumber),
  insertedOn: UtcTime,
  latestActivityOn: UtcTime,
});
export type ListingRecord = z.infer<typeof ListingRecord>;
