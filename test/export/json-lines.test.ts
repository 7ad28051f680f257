import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { StoredMessage } from "../../src/domain/message.ts";
import { fileOf, messageCosting, messageSaying, sparseMessage, storedMessage } from "./messages.ts";
import { nastyText } from "./nasty.ts";

/** As a program would that reads line by line. */
async function read(messages: readonly StoredMessage[]): Promise<unknown[]> {
  const file = await fileOf("jsonl", messages);
  const documents: unknown[] = [];
  for await (const line of createInterface({ input: Readable.from([file]) }))
    documents.push(JSON.parse(line));
  return documents;
}

test("a file looks like this", async () => {
  const expected = readFileSync(new URL("./fixtures/messages.jsonl", import.meta.url), "utf8");

  const file = await fileOf("jsonl", [storedMessage(), sparseMessage()]);

  expect(file.toString()).toBe(expected);
});

test("without messages it is empty", async () => {
  expect(await fileOf("jsonl", [])).toHaveLength(0);
});

test("whatever guests write comes back, one message a line", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(nastyText(), { minLength: 1, maxLength: 5 }), async (texts) => {
      expect(await read(texts.map(messageSaying))).toMatchObject(
        texts.map((content) => ({ content: content.toWellFormed() })),
      );
    }),
  );
});

test("readers that know other line ends than LF see no more lines", async () => {
  const file = await fileOf("jsonl", [messageSaying("a\u2028b\u2029c\u0085d\re\ff\vg")]);

  expect(file.toString().split(/[\n\r\f\v\u0085\u2028\u2029]/)).toHaveLength(2);
});

test("no line holds half a character, which strict readers refuse", async () => {
  const file = await fileOf("jsonl", [messageSaying("\ud83d"), messageSaying("\\ud83d")]);

  expect(file.toString().match(/(?<!\\)(?:\\\\)*\\ud8/g)).toBeNull();
});

test("the store's own books are left out", async () => {
  const books = {
    _id: "x",
    content_hash: "x",
    created_at: new Date(),
    updated_at: new Date(),
    schema_version: 1,
  };

  const [document] = await read([{ ...storedMessage(), ...books }]);

  expect(Object.keys(Object(document)).filter((field) => field in books)).toEqual([]);
});

test("an amount is a text in plain digits", async () => {
  expect(await read([messageCosting("1.2345E+3")])).toMatchObject([{ reservation: { price: "1234.5" } }]);
});

test("no value needs to know MongoDB to be read", async () => {
  expect((await fileOf("jsonl", [storedMessage(), messageCosting("NaN")])).includes('"$')).toBe(false);
});
