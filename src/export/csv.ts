import type { StoredMessage } from "../domain/message.ts";
import { isoDay, isoMoment } from "../domain/time.ts";
import { toCell } from "./cell.ts";
import { type Column, EXPORT_COLUMNS } from "./columns.ts";
import type { EncoderOptions, MessagePages } from "./encoder.ts";

/** A byte order mark: without it Excel does not read the file as UTF-8. */
const UTF8_MARK = "\ufeff";
const ROW_END = "\r\n";

/**
 * RFC 4180 in UTF-8. Every text is quoted, so that an empty text differs from a missing one, and readers that respect
 * quotes leave ids and telephone numbers as they are.
 */
export async function* encodeCsv(
  pages: MessagePages,
  options: EncoderOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const toLine = (fields: readonly string[]) => fields.join(options.delimiter) + ROW_END;
  yield Buffer.from(UTF8_MARK + toLine(EXPORT_COLUMNS.map(({ name }) => name)));
  for await (const page of pages) {
    const lines = page.map((message) =>
      toLine(EXPORT_COLUMNS.map((column) => toField(column, message, options))),
    );
    yield Buffer.from(lines.join(""));
  }
}

function toField(column: Column, message: StoredMessage, { onInexact }: EncoderOptions): string {
  switch (column.type) {
    case "text": {
      const value = column.read(message);
      if (typeof value !== "string") return "";
      const { text, exact } = toCell(value);
      if (!exact) onInexact();
      return quoted(text);
    }
    case "timestamp":
      return dateField(column.read(message), isoMoment);
    case "day":
      return dateField(column.read(message), isoDay);
    case "boolean":
    case "integer":
    case "decimal":
      return String(column.read(message) ?? "");
  }
}

function dateField(date: Date | null | undefined, format: (date: Date) => string): string {
  return date ? format(date) : "";
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
