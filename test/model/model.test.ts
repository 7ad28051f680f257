import { afterAll, beforeAll, describe, test } from "@jest/globals";
import fc from "fast-check";
import { ensureSchema } from "../../src/store/schema.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { history } from "./arbitrary.ts";
import { REGRESSIONS } from "./regressions.ts";
import { runHistory } from "./run-history.ts";

const RUNS = Number(process.env["MODEL_RUNS"] ?? 50);
/** Always the same histories for everybody's tests; new ones whenever more are asked for. */
const SEED = process.env["MODEL_SEED"] ?? (process.env["MODEL_RUNS"] === undefined ? "20261121" : undefined);
/** Shrinking plays a history some hundred times. */
const MOST_TIME_MS = 300_000 + RUNS * 4_000;

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureSchema(database.db);
});
afterAll(() => database.close());

if (REGRESSIONS.length > 0) {
  describe("what went wrong once stays right", () => {
    test.each(REGRESSIONS)("%s", async (_, kept) => {
      await runHistory(kept, database.db);
    });
  });
}

test(
  "whatever happens to account and process, one clean run makes the copy what the account is",
  async () => {
    const property = fc.asyncProperty(history, (drawn) => runHistory(drawn, database.db));
    await fc.assert(property, {
      numRuns: RUNS,
      ...(SEED !== undefined && { seed: Number(SEED) }),
      endOnFailure: false,
      interruptAfterTimeLimit: MOST_TIME_MS,
      markInterruptAsFailure: true,
    });
  },
  MOST_TIME_MS + 60_000,
);
