import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { systemClock } from "../../src/clock.ts";
import { countMessages, searchMessages } from "../../src/query/messages.ts";
import { MESSAGES } from "../../src/store/collections.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { createStores } from "../../src/store/stores.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { message } from "../support/records.ts";
import { SENTENCES } from "../support/sentences.ts";

const WORDS = SENTENCES.flatMap(([script, sentence, words]) =>
  words.map((word) => [script, word, sentence] as const),
);

const MORE = [
  "The Wi-Fi doesn't work, don't you know the password?",
  "thanks😊 see you",
  "Is _parking_ included? *breakfast*?",
  "That is €50 or 12:30, check-in at www.booking.com, mail ada.lovelace@example.com",
  "late check\nin, no parking at all",
  "check  in please; the car-park is full",
  "naïve café résumé",
  "carpark",
  "wifi密码是多少",
  "ﬁne print, １２３ ＡＢＣ, x² and ½",
  "👨‍👩‍👧‍👦 family of 4 ☎️",
];

let database: TestDatabase;
const contents = [...SENTENCES.map(([, sentence]) => sentence), ...MORE];

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureSchema(database.db);
  const fence = { token: 1, check: async () => undefined };
  const access = { clock: systemClock, fence, dryRun: false, runId: "run" };
  await createStores(database.db, access).messages.upsertMany(
    contents.map((body, index) => message({ id: index + 1, body, date: `2026-01-01 10:00:${10 + index}` })),
  );
});
afterAll(() => database.close());

async function found(text: string): Promise<string[]> {
  const { messages } = await searchMessages(database.db, "10001", { text }, { size: 100 });
  expect(await countMessages(database.db, "10001", { text })).toBe(messages.length);
  return messages.map(({ content }) => content);
}

test("there are sixty words and twenty scripts", () => {
  expect(WORDS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(SENTENCES.map(([script]) => script.split(" ")[0])).size).toBeGreaterThanOrEqual(20);
});

test.each(WORDS)("%s: %s is found as it is written", async (_, word, sentence) => {
  expect(await found(word)).toContain(sentence);
});

test.each(WORDS)("%s: %s is found in another case, composed or decomposed", async (_, word, sentence) => {
  expect(await found(word.normalize("NFD"))).toContain(sentence);
  expect(await found(word.normalize("NFC"))).toContain(sentence);
  if (!/[ıIiİ]/.test(word)) expect(await found(word.toUpperCase())).toContain(sentence);
});

test.each([
  ["cle", "Où est la clé ?"],
  ["tres marche", "Où est la clé ?"],
  ["resume naive", "naïve café"],
  ["schlussel", "Die Schlüssel"],
  ["πού κλειδι", "Πού είναι"],
  ["eще", ""],
  ["мои", "Где мой"],
  ["شقه", ""],
  ["الشقه", "أين مفتاح"],
  ["شکریه", "چابی"],
])("without accents, where the script has them: %s", async (text, beginning) => {
  const contents = await found(text);
  if (beginning === "") expect(contents).toEqual([]);
  else expect(contents).toEqual([expect.stringContaining(beginning)]);
});

describe("words are whole words, phrases are next to each other, whatever stands between", () => {
  test.each([
    ["wi-fi", 1],
    ['"wi fi"', 1],
    ["wifi", 1],
    ["don't", 1],
    ["don’t", 1],
    ["12:30", 1],
    ["appartement", 1],
    ["l'appartement", 1],
    ["booking.com", 1],
    ["ada.lovelace@example.com", 1],
    ["thanks", 1],
    ["parking", 2],
    ["breakfast", 1],
    ["€50", 1],
    ["50", 1],
    ["check-in", 3],
    ['"check in"', 3],
    ["car", 1],
    ["carpark", 1],
    ['"car park"', 1],
    ["fine 123 abc", 1],
    ["密码", 1],
    ["wifi 密码", 1],
    ["family 4", 1],
    ["pass", 0],
    ["the wifi password", 0],
    ["the wi-fi password", 1],
  ])("%s: %i", async (text, messages) => {
    expect(await found(text)).toHaveLength(messages);
  });

  test("what must not be there is a whole word as well", async () => {
    expect(await found("carpark -park")).toEqual(["carpark"]);
    expect(await found("check-in -parking -please")).toEqual([expect.stringContaining("€50")]);
    expect(await found('check -"no parking" -late')).toHaveLength(2);
    expect(await found("停车场 -哪里")).toEqual([]);
  });

  test("words that must not be there may stand alone", async () => {
    expect(await found("-parking")).toHaveLength(contents.length - 2);
  });
});

test("tokens are not part of what is shown", async () => {
  const { messages } = await searchMessages(database.db, "10001", { text: "carpark" });

  expect(Object.keys(messages[0] ?? {})).not.toContain("content_tokens");
});

test("P9: the tokens of one message are bounded, however long it is", async () => {
  const body = `needle ${Array.from({ length: 60_000 }, (_, index) => `word${index}`).join(" ")} ${"x".repeat(100_000)}`;
  const fence = { token: 1, check: async () => undefined };
  const access = { clock: systemClock, fence, dryRun: false, runId: "run" };
  const { refused } = await createStores(database.db, access).messages.upsertMany([
    message({ id: 999, body }),
  ]);

  expect(refused).toEqual([]);
  expect(await found("needle")).toHaveLength(1);
  const stored = await database.db.collection(MESSAGES.name).findOne({ message_id: "999" });
  expect(stored?.["content_tokens"].length).toBeLessThanOrEqual(5_000);
});
