import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";

const run = promisify(execFile);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test("nothing of what the program counts on differs on this server, and nothing is left behind", async () => {
  const { stdout } = await run(process.execPath, ["--import", "tsx", "scripts/try-mongodb.ts", database.uri]);

  expect(stdout).toMatch(/^MongoDB \d+\.\d+\.\d+ at /);
  expect(stdout).not.toContain("✖");
  expect(stdout.match(/^✔ /gm)).toHaveLength(9);
  expect(stdout).toMatch(/^Nothing differs\.$/m);
  const [, name = ""] = /database (hostaway_sync_try_\w+)/.exec(stdout) ?? [];
  expect(await database.client.db(name).listCollections().toArray()).toEqual([]);
});
