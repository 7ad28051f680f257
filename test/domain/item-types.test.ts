import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { failureFrom, ITEM_TYPES, ItemError, type ItemType } from "../../src/domain/failure.ts";
import { createLedger } from "../../src/domain/ledger.ts";
import { type RunFacts, toReport } from "../../src/domain/run-report.ts";

const NIGHT: RunFacts = {
  runId: "01M8DDJFNXK0V66BYBP5GGFGKB",
  accountId: "10001",
  mode: "incremental",
  dryRun: false,
  startedAt: new Date("2026-01-01T01:00:00Z"),
  finishedAt: new Date("2026-01-01T01:00:09Z"),
  api: { calls: 1, retries: 0, rate_limited: 0, by_endpoint: {} },
  fullSyncCalls: null,
  openFailures: 0,
};

const failed = (item_type: ItemType) =>
  failureFrom(new ItemError("timeout", "no answer"), { item_type, item_id: "1", conversation_id: null });

describe("P6: whatever fails is told", () => {
  test.each(ITEM_TYPES)("a run in which one %s failed is partial, and counts it", (type) => {
    const ledger = createLedger();
    ledger.fail(type, failed(type));

    const report = toReport(ledger, NIGHT);

    expect(report.status).toBe("partial");
    expect(report.summary).toMatchObject({ attempted: 1, failed: 1 });
    expect(report.items[`${type}s`]).toMatchObject({ attempted: 1, failed: 1 });
    expect(report.failures).toHaveLength(1);
  });

  test("with one of each failing, the sum is of all of them", () => {
    const ledger = createLedger();
    const fail = (type: ItemType) => ledger.fail(type, failed(type));
    ITEM_TYPES.forEach(fail);

    expect(toReport(ledger, NIGHT).summary.failed).toBe(ITEM_TYPES.length);
  });
});

describe("a new type of item", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hostaway-sync-types-"));
    for (const name of ["src", "package.json", "tsconfig.json", "tsconfig.build.json"])
      await cp(name, join(folder, name), { recursive: true });
    await symlink(resolve("node_modules"), join(folder, "node_modules"), "dir");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What the compiler has against the copy, by file. */
  async function complaints(): Promise<string> {
    const compiler = resolve("node_modules/typescript/bin/tsc");
    const args = [
      compiler,
      "-p",
      "tsconfig.build.json",
      "--noEmit",
      "--incremental",
      "false",
      "--pretty",
      "false",
    ];
    return await new Promise((settle) =>
      execFile(process.execPath, args, { cwd: folder }, (_error, stdout) => settle(stdout)),
    );
  }

  test("does not compile until report, lists and kept records know it", async () => {
    expect(await complaints()).toBe("");
    const file = join(folder, "src/domain/failure.ts");
    const source = await readFile(file, "utf8");
    const extended = source.replace(
      '"conversation", "message"] as const',
      '"conversation", "message", "task"] as const',
    );
    expect(extended).not.toBe(source);
    await writeFile(file, extended);

    const told = await complaints();

    for (const place of ["src/domain/run-report.ts", "src/sync/lists/lists.ts", "src/transform/keep-raw.ts"])
      expect(told).toContain(place);
  });
});
