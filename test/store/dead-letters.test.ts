import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { systemClock } from "../../src/clock.ts";
import { itemFailure } from "../../src/domain/failure.ts";
import { FAILURES } from "../../src/store/collections.ts";
import { createDeadLetters } from "../../src/store/dead-letters.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  await ensureSchema(database.db);
});
afterEach(async () => {
  await database.db.collection(FAILURES.name).deleteMany({});
});
afterAll(() => database.close());

const NOW = new Date("2026-11-01T01:00:00Z");

function lettersOf(runId: string) {
  const fence = { token: 1, check: async () => undefined };
  return createDeadLetters(database.db, { clock: systemClock, fence, dryRun: false, runId });
}

const failed = (id: string, raw: unknown) => ({
  failure: itemFailure(
    { item_type: "message", item_id: id, conversation_id: "1406" },
    { stage: "transform", error_type: "validation_error", message: "isIncoming: missing" },
  ),
  raw,
});

test.each([
  ["NUL in a name", { "a\u0000": 1 }],
  ["a name that BSON takes for a type of its own", { _bsontype: "ObjectId" }],
  ["more than a document can hold", { body: "x".repeat(17 * 2 ** 20) }],
])("P5, P6: a letter whose record cannot be kept (%s) is written without it, and says so", async (_, raw) => {
  const letters = lettersOf("run-1");

  await letters.record("10001", [failed("1", { id: 1 }), failed("2", raw), failed("3", { id: 3 })], NOW);

  const written = (await letters.open("10001", {})).toSorted((a, b) => (a._id < b._id ? -1 : 1));
  expect(written).toMatchObject([
    { _id: "message:1", message: "isIncoming: missing", raw: { id: 1 } },
    { _id: "message:2", message: expect.stringContaining("the record was not kept"), raw: null },
    { _id: "message:3", message: "isIncoming: missing", raw: { id: 3 } },
  ]);
});

test("the same item twice in one page is one letter", async () => {
  const letters = lettersOf("run-1");

  await letters.record("10001", [failed("1", { id: 1 }), failed("1", { id: 1, isIncoming: null })], NOW);

  expect(await letters.open("10001", {})).toMatchObject([{ _id: "message:1", attempts: 1 }]);
});

test("what a wrong clock put off for years is due", async () => {
  const letters = lettersOf("run-1");
  await letters.record("10001", [failed("1", null)], new Date("2087-01-01T00:00:00Z"));
  await letters.record("10001", [failed("2", null)], NOW);

  const soon = new Date(NOW.getTime() - 2 * 60 * 60 * 1_000);
  expect((await letters.open("10001", { dueAt: soon })).map(({ _id }) => _id)).toEqual(["message:1"]);
});
