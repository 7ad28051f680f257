import { Message } from "../domain/message.ts";
import { escaped } from "../domain/printable.ts";
import { toPlainAmount } from "./amount.ts";
import type { StoredMessage } from "./columns.ts";
import { toDay } from "./dates.ts";
import type { Pages } from "./encoder.ts";

/** What Hostaway said and we derived, not the books that the store keeps. */
const FIELDS = [...Message.keyof().options, "deleted_at"] as const;

/** One document a line, nested as it is stored: moments and days in ISO 8601, amounts as strings. */
export async function* encodeJsonLines(pages: Pages): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const page of pages) {
    yield Buffer.from(page.map((message) => `${toLine(message)}\n`).join(""));
  }
}

function toLine(message: StoredMessage): string {
  const document = {
    ...Object.fromEntries(FIELDS.map((field) => [field, message[field]])),
    reservation: toPlainReservation(message),
  };
  const line = JSON.stringify(document);
  const sound = line.includes("\\ud") ? JSON.stringify(document, toWellFormed) : line;
  // Python's splitlines ends a line at U+2028, and a terminal acts on controls: escapes mean the same to JSON.
  return escaped(sound);
}

function toPlainReservation({ reservation }: StoredMessage) {
  return (
    reservation && {
      ...reservation,
      arrival_date: toDay(reservation.arrival_date),
      departure_date: toDay(reservation.departure_date),
      price: toPlainAmount(reservation.price),
    }
  );
}

/** Half a character is written as an escape that strict readers refuse, and the whole file with it. */
function toWellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}
