import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import type { RunReport } from "../../src/domain/run-report.ts";
import type { NextRun } from "../../src/domain/status.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { readStatus } from "../../src/query/read-status.ts";
import { RUNS } from "../../src/store/collections.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";

const ACCOUNT = "10001";
const NOW = new Date("2026-06-10T12:00:00Z");
const NEXT: NextRun = {
  next_run_at: new Date("2026-06-11T01:00:00Z"),
  time_zone: "UTC",
  scheduler: "waiting",
};
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.db.collection(RUNS.name).deleteMany({}));
afterAll(() => database.close());

type PastRun = readonly [
  hours: number,
  status: RunReport["status"],
  mode?: RunReport["mode"],
  account?: string,
];

test.each<[string, readonly PastRun[], string, number | null]>([
  ["stale without a run", [], "stale", null],
  ["fresh after a success", [[3, "succeeded"]], "fresh", 3],
  ["fresh for 26 hours", [[26, "succeeded"]], "fresh", 26],
  ["stale after 26 hours", [[26.1, "succeeded"]], "stale", 26.1],
  [
    "lacking after a partial run",
    [
      [1, "partial"],
      [25, "succeeded"],
    ],
    "lacking",
    25,
  ],
  [
    "not changed by a failed run",
    [
      [1, "failed"],
      [20, "succeeded"],
    ],
    "fresh",
    20,
  ],
  ["not changed by a backfill", [[1, "succeeded", "backfill"]], "stale", null],
  ["not changed by another account", [[1, "succeeded", "incremental", "777"]], "stale", null],
])("health is %s", async (_, runs, health, success) => {
  const documents = runs.map(([hours, status, mode = "incremental", account = ACCOUNT]) => ({
    ...{ run_id: `run ${hours}`, account_id: account, mode, status },
    ...{ started_at: hoursAgo(hours + 0.5), finished_at: hoursAgo(hours) },
  }));
  if (documents.length > 0) await database.db.collection(RUNS.name).insertMany(documents);

  const status = await readStatus(database.db, ACCOUNT, NOW, NEXT);

  expect(status).toMatchObject({
    ...NEXT,
    account_id: ACCOUNT,
    health,
    last_success_at: success === null ? null : hoursAgo(success),
    open_failures: 0,
    lag: { newest_message_at: null, oldest_unread: null, to_be_read: 0 },
  });
  expect(status.runs.map(({ run_id }) => run_id)).toEqual(
    documents.filter(({ account_id }) => account_id === ACCOUNT).map(({ run_id }) => run_id),
  );
});
