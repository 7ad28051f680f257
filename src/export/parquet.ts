import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import { toScaled } from "../domain/amount.ts";
import type { StoredMessage } from "../domain/message.ts";
import { VERSION } from "../version.ts";
import { type Column, type ColumnType, EXPORT_COLUMNS } from "./columns.ts";
import type { EncoderOptions, MessagePages } from "./encoder.ts";

/** A row group is held in memory until it is written: it ends at this number of rows, or of characters. */
export const ROWS_PER_GROUP = 5_000;
export const TEXT_PER_GROUP = 2 * 2 ** 20;

/** Within 64 bits, which all readers understand; no currency has more decimals. */
const PRECISION = 18;
const SCALE = 4;
const LARGEST_AMOUNT = 10n ** BigInt(PRECISION) - 1n;

/** Each type as older readers (`converted_type`) and newer readers (`logical_type`) call it. */
const ELEMENTS: Readonly<Record<ColumnType, Omit<SchemaElement, "name">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  timestamp: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
  day: { type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } },
  boolean: { type: "BOOLEAN" },
  integer: { type: "INT64" },
  decimal: {
    type: "INT64",
    converted_type: "DECIMAL",
    logical_type: { type: "DECIMAL", precision: PRECISION, scale: SCALE },
    precision: PRECISION,
    scale: SCALE,
  },
};

/** Anything may be missing from a document of an earlier version. */
const SCHEMA: SchemaElement[] = [
  { name: "messages", num_children: EXPORT_COLUMNS.length },
  ...EXPORT_COLUMNS.map(({ name, type }) => ({
    name,
    repetition_type: "OPTIONAL" as const,
    ...ELEMENTS[type],
  })),
];

type ParquetValue = string | Date | boolean | bigint | null;

/** Typed columns in row groups, each compressed and handed on when it is full. The index comes last. */
export async function* encodeParquet(
  pages: MessagePages,
  { onInexact }: EncoderOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: SCHEMA,
    createdBy: `hostaway-sync version ${VERSION}`,
  });
  let group = new RowGroup(onInexact);

  for await (const page of pages) {
    for (const message of page) {
      group.add(message);
      if (!group.isFull) continue;
      await writer.write({ columnData: group.columns, rowGroupSize: group.rows });
      yield take(bytes);
      group = new RowGroup(onInexact);
    }
  }
  if (group.rows > 0) await writer.write({ columnData: group.columns, rowGroupSize: group.rows });
  await writer.finish();
  yield typeEmptyList(take(bytes));
}

/** The bytes written since the last call; the writer goes on counting its offsets. */
function take(bytes: ByteWriter): Uint8Array {
  const taken = bytes.getBytes().slice();
  bytes.index = 0;
  return taken;
}

/** In Thrift: `num_rows` is 0, `row_groups` an empty list without a type, and `created_by` begins. */
const UNTYPED_LIST = Buffer.from([0x16, 0x00, 0x19, 0x00, 0x28]);
const LIST_OF_STRUCTS = 0x0c;

/**
 * In a file without messages hyparquet-writer 0.17 does not say that the list of row groups, which is empty, is one of
 * structs. Readers in Rust refuse such a file.
 */
function typeEmptyList(file: Uint8Array): Uint8Array {
  const at = Buffer.from(file.buffer, file.byteOffset, file.byteLength).lastIndexOf(UNTYPED_LIST);
  if (at >= 0) file[at + 3] = LIST_OF_STRUCTS;
  return file;
}

/** Rows on their way to becoming columns. */
class RowGroup {
  readonly #values: readonly ParquetValue[][] = EXPORT_COLUMNS.map(() => []);
  readonly #onInexact: () => void;
  #text = 0;
  rows = 0;

  constructor(onInexact: () => void) {
    this.#onInexact = onInexact;
  }

  get isFull(): boolean {
    return this.rows >= ROWS_PER_GROUP || this.#text >= TEXT_PER_GROUP;
  }

  /** Without the bounds of long texts, which would only make the index at the end of the file larger. */
  get columns(): ColumnSource[] {
    return EXPORT_COLUMNS.map(({ name, type }, index) => ({
      name,
      data: this.#values[index] ?? [],
      statistics: type !== "text" || name.endsWith("_id"),
    }));
  }

  add(message: StoredMessage): void {
    for (const [index, column] of EXPORT_COLUMNS.entries()) {
      const value = toValue(column, message, this.#onInexact);
      this.#values[index]?.push(value);
      if (typeof value === "string") this.#text += value.length;
    }
    this.rows += 1;
  }
}

function toValue(column: Column, message: StoredMessage, onInexact: () => void): ParquetValue {
  if (column.type === "integer") {
    const value = column.read(message);
    return typeof value === "number" ? BigInt(value) : null;
  }
  if (column.type !== "decimal") return column.read(message) ?? null;
  const amount = column.read(message);
  return typeof amount === "string" ? toUnits(amount, onInexact) : null;
}

/** In ten-thousandths; null for a text that is not a number, or is larger than any amount of money. */
function toUnits(amount: string, onInexact: () => void): bigint | null {
  const scaled = toScaled(amount, SCALE);
  const isInRange = scaled !== null && scaled.units <= LARGEST_AMOUNT && scaled.units >= -LARGEST_AMOUNT;
  if (!isInRange || !scaled.exact) onInexact();
  return isInRange ? scaled.units : null;
}
