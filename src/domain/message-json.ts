import { z } from "zod";
import { toPlainAmount } from "./amount.ts";
import { Attachment, Message, type StoredMessage } from "./message.ts";
import { Guest, Property, ReservationSnapshot } from "./parts.ts";
import { toJson } from "./printable.ts";
import { isoDay, isoMoment } from "./time.ts";

const IsoMoment = z.iso.datetime({ precision: 3 });

const ReservationJson = ReservationSnapshot.extend({
  arrival_date: z.iso.date().nullable(),
  departure_date: z.iso.date().nullable(),
  price: z.string().describe("In plain digits.").nullable(),
});
type ReservationJson = z.infer<typeof ReservationJson>;

/**
 * The JSON form of a message, the same wherever one is printed, exported or served: every field is there, in this
 * order. Moments are ISO 8601 in UTC, days YYYY-MM-DD, amounts plain decimal digits. The store's bookkeeping is left out.
 */
export const MessageJson = Message.extend({
  reservation: ReservationJson.nullable(),
  content_html: z.string().nullable(),
  timestamp: IsoMoment,
  source_inserted_at: IsoMoment.nullable(),
  source_updated_at: IsoMoment.nullable(),
  deleted_at: IsoMoment.nullable(),
}).strict();
export type MessageJson = z.infer<typeof MessageJson>;

export function toMessageJson(stored: StoredMessage): MessageJson {
  return {
    ...fieldsOf(MessageJson, stored),
    reservation: nullOr(stored.reservation, toReservationJson),
    reservation_ids: stored.reservation_ids ?? [],
    property: fieldsOf(Property, stored.property),
    guest: fieldsOf(Guest, stored.guest),
    content_html: stored.content_html?.toWellFormed() ?? null,
    timestamp: isoMoment(stored.timestamp),
    sender: fieldsOf(Message.shape.sender, stored.sender),
    attachments: (stored.attachments ?? []).map((attachment) => fieldsOf(Attachment, attachment)),
    source_inserted_at: nullOr(stored.source_inserted_at, isoMoment),
    source_updated_at: nullOr(stored.source_updated_at, isoMoment),
    deleted_at: nullOr(stored.deleted_at, isoMoment),
  };
}

/** One line of JSON, without its line end. */
export function toMessageLine(stored: StoredMessage): string {
  return toJson(toMessageJson(stored));
}

function toReservationJson(reservation: ReservationSnapshot): ReservationJson {
  const { arrival_date, departure_date, price } = reservation;
  return {
    ...fieldsOf(ReservationJson, reservation),
    arrival_date: nullOr(arrival_date, isoDay),
    departure_date: nullOr(departure_date, isoDay),
    price: toPlainAmount(price),
  };
}

function nullOr<From, To>(value: From | null | undefined, convert: (value: From) => To): To | null {
  return value === null || value === undefined ? null : convert(value);
}

/**
 * A document's fields that a schema has, in its order. A field that a document of an earlier version lacks is null.
 * Half a character is replaced: strict readers refuse a file that holds its escape.
 */
function fieldsOf<Schema extends z.ZodObject, Document extends object>(
  { shape }: Schema,
  document: Document,
): Pick<Document, keyof Document & keyof Schema["shape"]> {
  const values = new Map(Object.entries(document));
  const fields = Object.keys(shape).map((name) => [name, wellFormed(values.get(name) ?? null)]);
  return Object.fromEntries(fields) as Pick<Document, keyof Document & keyof Schema["shape"]>;
}

function wellFormed(value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}
