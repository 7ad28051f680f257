import { Message } from "../domain/message.ts";
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
  return sound.replace(LINE_BREAKS, escapeUnit);
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

/** JSON lets them stand in a string, but Python's splitlines and others end a line there. */
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Half a character is written as an escape that strict readers refuse, and the whole file with it. */
function toWellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}
