import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import type { StoredMessage } from "../../src/domain/message.ts";
import { EXPORT_COLUMNS } from "../../src/export/columns.ts";
import type { ExportOptions } from "../../src/export/write-export.ts";
import { fileOf, messageCosting, messageSaying, sparseMessage, storedMessage } from "./messages.ts";
import { nastyText } from "./nasty.ts";

type Row = Readonly<Record<string, string | null>>;

/** As a strict reader sees the file; what stands without quotes and is empty, it takes for nothing. */
async function read(messages: readonly StoredMessage[], options: Partial<ExportOptions> = {}) {
  return parse<Row>(await fileOf("csv", messages, options), {
    bom: true,
    columns: true,
    record_delimiter: "\r\n",
    delimiter: options.delimiter ?? ",",
    cast: (value, { quoting }) => (quoting || value !== "" ? value : null),
  });
}

const contentOf = (rows: readonly Row[]) => rows.map((row) => row["content"]);

test("a file looks like this", async () => {
  const expected = readFileSync(new URL("./fixtures/messages.csv", import.meta.url), "utf8");

  const file = await fileOf("csv", [storedMessage(), sparseMessage()]);

  expect(file.toString()).toBe(expected);
});

test("it begins with a byte order mark, and its lines end with CRLF", async () => {
  const file = await fileOf("csv", [sparseMessage()]);

  expect([...file.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(file.toString().match(/\r\n/g)).toHaveLength(2);
  expect(file.toString().endsWith("\r\n")).toBe(true);
});

test("without messages it is a line of names", async () => {
  const file = await fileOf("csv", []);

  expect(file.toString().split("\r\n")).toEqual([
    `\ufeff${EXPORT_COLUMNS.map(({ name }) => name).join(",")}`,
    "",
  ]);
});

describe("texts come back as they were written", () => {
  test.each([
    ["quotes", 'she said "hi"'],
    ["a lone quote", '"'],
    ["commas and semicolons", "a,b;c"],
    ["line breaks of all kinds", "a\nb\r\nc\rd"],
    ["an end that looks like the file's", 'x"\r\n'],
    ["blanks around", "  x  "],
    ["all scripts", "Ólea שלום 你好 🏖️ 👩‍👩‍👧"],
    ["nothing", ""],
  ])("%s", async (_what, content) => {
    expect(contentOf(await read([messageSaying(content)]))).toEqual([content]);
  });

  test.each([",", ";"] as const)("whatever guests write, with %s between the fields", async (delimiter) => {
    await fc.assert(
      fc.asyncProperty(fc.array(nastyText(), { minLength: 1, maxLength: 5 }), async (texts) => {
        const rows = await read(texts.map(messageSaying), { delimiter });

        const plain = texts.map((text) => text.toWellFormed().replaceAll("\0", "\ufffd"));
        expect(
          contentOf(rows).map((cell, index) => cell === plain[index] || cell === `'${plain[index]}`),
        ).toEqual(texts.map(() => true));
        expect(rows.map((row) => row["conversation_id"])).toEqual(texts.map(() => "1406"));
      }),
    );
  });
});

test("no text begins a formula, in whichever column it stands", async () => {
  const evil = "=1+1";
  const guest = { ...storedMessage().guest, name: evil, email: evil, phone: "+49 30 1234", locale: evil };
  const sender = { type: "guest", name: evil } as const;

  const [row = {}] = await read([
    storedMessage({ guest, sender, property: { id: "1", name: evil }, content: evil }),
  ]);

  expect(Object.values(row).filter((cell) => /^[=+\-@]/.test(cell ?? ""))).toEqual([]);
  expect(row["guest_phone"]).toBe("'+49 30 1234");
});

test("a negative amount is a number and stays one", async () => {
  const [row] = await read([messageCosting("-12.50")]);

  expect(row).toMatchObject({ reservation_price: "-12.50", reservation_currency: "EUR" });
});

test("nothing and an empty text are told apart", async () => {
  const [row] = await read([{ ...sparseMessage(), content: "" }]);

  expect(row).toMatchObject({ content: "", guest_name: null, seen: null, reservation_price: null });
});
