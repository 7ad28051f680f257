import { describe, expect, test } from "@jest/globals";
import { tableFromIPC } from "apache-arrow";
import fc from "fast-check";
import { ParquetFile, readParquet } from "parquet-wasm";
import type { StoredMessage } from "../../src/domain/message.ts";
import { ROWS_PER_GROUP, TEXT_PER_GROUP } from "../../src/export/parquet.ts";
import { writeExport } from "../../src/export/write-export.ts";
import {
  fileOf,
  memory,
  messageCosting,
  messageSaying,
  pagesOf,
  sparseMessage,
  storedMessage,
} from "./messages.ts";
import { nastyText } from "./nasty.ts";

/** By the Rust implementation of Apache Arrow, whose JavaScript then shows what it read. */
const open = (file: Uint8Array) => tableFromIPC(readParquet(file).intoIPCStream());
const read = async (messages: readonly StoredMessage[]) => open(await fileOf("parquet", messages));

async function rowGroupsOf(messages: readonly StoredMessage[]): Promise<number[]> {
  const file = await ParquetFile.fromFile(new Blob([await fileOf("parquet", messages)]));
  return file
    .metadata()
    .rowGroups()
    .map((group) => group.numRows());
}

test("columns have types", async () => {
  const { schema } = await read([storedMessage()]);

  const types = new Map(schema.fields.map((field) => [field.name, String(field.type)]));
  expect([...new Set(types.values())].sort()).toEqual([
    "Bool",
    "Date32<DAY>",
    "Decimal[18e+4]",
    "Int64",
    "Timestamp<MILLISECOND, UTC>",
    "Utf8",
  ]);
  expect(Object.fromEntries(types)).toMatchObject({
    message_id: "Utf8",
    timestamp: "Timestamp<MILLISECOND, UTC>",
    reservation_arrival_date: "Date32<DAY>",
    reservation_price: "Decimal[18e+4]",
    seen: "Bool",
    source_channel_id: "Int64",
  });
});

test("values come back as they were stored", async () => {
  const table = await read([storedMessage()]);

  expect(table.get(0)?.toJSON()).toMatchObject({
    message_id: "326",
    timestamp: Date.parse("2026-06-02T06:52:07.123Z"),
    local_timestamp: "2026-06-02T07:52:07.123",
    content: "Bom dia, a praia fica longe?",
    attachment_count: 2n,
    attachment_names: "passport.jpg\nmap.pdf",
    attachment_urls: "https://example.com/map.pdf",
    guest_phone: "+351 912 345 678",
    reservation_arrival_date: Date.parse("2026-06-04T00:00:00Z"),
    reservation_currency: "EUR",
    seen: true,
    source_channel_id: 2005n,
    deleted_at: Date.parse("2026-06-05T01:00:03.004Z"),
  });
  expect(String(table.getChild("reservation_price")?.get(0))).toBe("12345000");
});

test("what Hostaway did not say is null", async () => {
  const row = (await read([storedMessage(), sparseMessage()])).get(1)?.toJSON() ?? {};

  const known = Object.entries(row).filter(([, value]) => value !== null);
  expect(known.map(([name]) => name)).toEqual([
    "message_id",
    "conversation_id",
    "account_id",
    "timestamp",
    "direction",
    "sender_type",
    "message_type",
    "channel",
    "platform",
    "content",
    "attachment_count",
    "delivery_status",
    "timestamp_source",
  ]);
});

/** Arrow's JavaScript takes away a byte order mark at the start of any text. */
const shown = (text: string) => text.toWellFormed().replace(/^\ufeff/, "");

test("whatever guests write comes back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(nastyText(), { minLength: 1, maxLength: 20 }), async (texts) => {
      const table = await read(texts.map(messageSaying));

      expect([...(table.getChild("content") ?? [])]).toEqual(texts.map(shown));
    }),
  );
});

test("without messages it still has its columns", async () => {
  const table = await read([]);

  expect({ rows: table.numRows, columns: table.numCols }).toEqual({ rows: 0, columns: 41 });
});

describe("row groups are bounded", () => {
  test("by their rows", async () => {
    const short = sparseMessage();

    expect(await rowGroupsOf(Array.from({ length: ROWS_PER_GROUP + 1 }, () => short))).toEqual([
      ROWS_PER_GROUP,
      1,
    ]);
  });

  test("by their text", async () => {
    const long = messageSaying("x".repeat(TEXT_PER_GROUP / 4));

    expect(await rowGroupsOf(Array.from({ length: 9 }, () => long))).toEqual([4, 4, 1]);
  });
});

test("all row groups hold their messages in their order", async () => {
  const sparse = sparseMessage();
  const messages = Array.from({ length: 2 * ROWS_PER_GROUP + 5 }, (_, index) => ({
    ...sparse,
    message_id: String(index),
  }));

  const ids = [...((await read(messages)).getChild("message_id") ?? [])];

  expect(ids).toEqual(messages.map(({ message_id }) => message_id));
});

test.each([
  ["-0.05", "-500", 0],
  ["99999999999999.9999", "999999999999999999", 0],
  ["412.40000000000003", "4124000", 1],
  ["100000000000000", "null", 1],
  ["NaN", "null", 1],
])("the amount %s is %s ten-thousandths", async (amount, units, inexact) => {
  const { output, bytes } = memory();
  const { signal } = new AbortController();

  const exported = await writeExport("parquet", pagesOf([messageCosting(amount)]), output, { signal });

  expect(String(open(bytes()).getChild("reservation_price")?.get(0))).toBe(units);
  expect(exported).toEqual({ rows: 1, inexact });
});

test("half a file is no file", async () => {
  const file = await fileOf("parquet", [storedMessage()]);

  expect(() => readParquet(file.subarray(0, -1))).toThrow(/Parquet/);
});
