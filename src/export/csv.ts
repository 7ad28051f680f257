import { toCell } from "./cell.ts";
import { COLUMNS, type Column, type StoredMessage } from "./columns.ts";
import { toDay, toMoment } from "./dates.ts";
import type { EncoderOptions, Pages } from "./encoder.ts";

/** Without it Excel takes UTF-8 for something else. */
const BYTE_ORDER_MARK = "\ufeff";
const LINE_END = "\r\n";

/**
 * RFC 4180 in UTF-8. Every text stands in quotes, whatever is in it: so an empty one differs from none at all, and
 * readers that can be told so leave ids and telephone numbers alone.
 */
export async function* encodeCsv(
  pages: Pages,
  options: EncoderOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const toLine = (fields: readonly string[]) => fields.join(options.delimiter) + LINE_END;
  yield Buffer.from(BYTE_ORDER_MARK + toLine(COLUMNS.map(({ name }) => name)));
  for await (const page of pages) {
    const lines = page.map((message) => toLine(COLUMNS.map((column) => toField(column, message, options))));
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
      return quote(text);
    }
    case "timestamp":
      return toMoment(column.read(message)) ?? "";
    case "day":
      return toDay(column.read(message)) ?? "";
    case "boolean":
    case "integer":
    case "decimal":
      return String(column.read(message) ?? "");
  }
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
