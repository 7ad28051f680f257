import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { openTestAccount, type TestAccount } from "../support/account.ts";
import { runCli, startCli } from "../support/cli.ts";
import { until } from "../support/until.ts";

let account: TestAccount;

beforeAll(async () => {
  account = await openTestAccount({ seed: 91, conversations: 12, tokenGraceMs: 0 });
});
afterAll(async () => {
  await account[Symbol.asyncDispose]();
});
afterEach(() => account.simulator.faults.clear());

const HOUR_MS = 3_600_000;
const heartbeat = () => join(mkdtempSync(join(tmpdir(), "hostaway-sync-heart-")), "beat");
const runs = () => account.database.db.collection("sync_runs");
const linesOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("schedule", () => {
  test("catches up at the start, says when it runs next, is alive, and ends at SIGTERM with exit code 0", async () => {
    const HEARTBEAT_FILE = heartbeat();
    const env = { ...account.env, HEARTBEAT_FILE, SYNC_CRON: "0 1 * * *", SYNC_TIMEZONE: "Europe/Berlin" };

    const running = startCli(["schedule"], env);
    await running.saying('"why":"planned"');
    const alive = await runCli(["status", "--alive"], { HEARTBEAT_FILE });
    running.child.kill("SIGTERM");
    const { code, stdout, stderr } = await running.finished;

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(linesOf(stdout).map(({ level, message }) => `${level} ${message}`)).toEqual([
      "info scheduler started",
      "info next run",
      "info run started",
      "info run finished",
      "info next run",
      "info scheduler stopped",
    ]);
    const planned = new Date(linesOf(stdout)[4].at);
    const berlin = planned.toLocaleTimeString("en-GB", { timeZone: "Europe/Berlin" });
    expect(berlin).toBe("01:00:00");
    expect(alive.code).toBe(0);
    expect(existsSync(HEARTBEAT_FILE)).toBe(false);
    expect(JSON.parse(alive.stdout)).toMatchObject({ alive: true, next_run: planned.toISOString() });
  });

  test("runs whenever it is due, and goes on after a run that failed", async () => {
    account.simulator.faults.set([
      { match: { endpoint: "accessTokens" }, fault: { type: "status", status: 401 } },
    ]);
    const env = { ...account.env, HEARTBEAT_FILE: heartbeat(), SYNC_CRON: "* * * * * *" };
    const before = await runs().countDocuments();

    const running = startCli(["schedule"], env);
    await until(async () => (await runs().countDocuments({ status: "failed" })) > 0);
    account.simulator.faults.clear();
    await until(async () => (await runs().countDocuments({ status: "succeeded" })) > before);
    running.child.kill("SIGTERM");

    expect((await running.finished).code).toBe(0);
  });

  test("P4: SIGTERM ends a run at a safe point within 20 s, and the next scheduler makes up for it", async () => {
    await using other = await openTestAccount({ seed: 92, conversations: 10, tokenGraceMs: 0 });
    other.simulator.faults.set([{ match: { endpoint: "messages", nth: 3 }, fault: "hang" }]);
    const env = { ...other.env, HEARTBEAT_FILE: heartbeat(), HOSTAWAY_TIMEOUT: "10m" };
    const running = startCli(["schedule"], env);
    await until(() => (other.simulator.stats().byEndpoint["messages"] ?? 0) >= 3);

    const from = performance.now();
    running.child.kill("SIGTERM");
    const { code } = await running.finished;

    expect(performance.now() - from).toBeLessThan(20_000);
    expect(code).toBe(0);
    other.simulator.faults.clear();
    const again = startCli(["schedule"], env);
    await again.saying('"status":"succeeded"');
    again.child.kill("SIGTERM");
    await again.finished;
    const reports = await other.database.db.collection("sync_runs").find().sort({ started_at: 1 }).toArray();
    expect(reports.map(({ status }) => status)).toEqual(["failed", "succeeded"]);
    expect(reports[0]?.["failures"][0]).toMatchObject({ error_type: "interrupted" });
  });

  test("P12: waits for nobody: where another run is at work, it says so and goes on to the next", async () => {
    await account.database.db
      .collection("sync_leases")
      .updateOne(
        { _id: account.simulator.accountId as never },
        { $set: { released_at: null, expires_at: new Date(Date.now() + HOUR_MS), run_id: "somebody" } },
      );

    const running = startCli(["schedule"], {
      ...account.env,
      HEARTBEAT_FILE: heartbeat(),
      SYNC_CRON: "* * * * * *",
    });
    await running.saying("account busy");
    await account.database.db.collection("sync_leases").updateMany({}, { $set: { expires_at: new Date(0) } });
    await running.saying('"run finished"');
    running.child.kill("SIGTERM");

    expect((await running.finished).code).toBe(0);
  });

  test.each([
    ["SYNC_CRON", "0 25 * * *"],
    ["SYNC_CRON", "every night"],
    ["SYNC_TIMEZONE", "Europe/Atlantis"],
  ])("a bad %s (%s) is one clear line, and exit code 2", async (name, value) => {
    const { code, stderr } = await runCli(["schedule"], { ...account.env, [name]: value });

    expect(code).toBe(2);
    expect(stderr).toContain(`  ${name}: expected`);
    expect(stderr).not.toContain("    at ");
  });

  test("a heartbeat that cannot be written is a warning, and nothing else", async () => {
    const env = { ...account.env, HEARTBEAT_FILE: "/no/such/folder/beat" };
    const running = startCli(["schedule"], env);
    await running.saying("heartbeat file not writable");
    await running.saying('"why":"planned"');
    running.child.kill("SIGINT");

    expect((await running.finished).code).toBe(0);
    expect(existsSync("/no/such/folder")).toBe(false);
  });
});

describe("status", () => {
  test("tells runs, next run, failures, what is stored and how far behind, and is 0 when all is well", async () => {
    await runCli(["sync"], account.env);

    const { code, stdout } = await runCli(["status"], account.env);

    expect(code).toBe(0);
    const counts = account.simulator.oracle.counts();
    expect(JSON.parse(stdout)).toMatchObject({
      account_id: account.simulator.accountId,
      health: "fresh",
      last_success_at: expect.any(String),
      next_run_at: expect.stringMatching(/T01:00:00\.000Z$/),
      scheduler: "not seen",
      open_failures: 0,
      documents: counts,
      lag: { to_be_read: 0, newest_message_at: newestStored() },
    });
  });

  test("is 3 when the last run left something out, 1 when nothing came to its end for 26 hours", async () => {
    const back = (hours: number, status: string) =>
      runs().updateMany({}, { $set: { status, finished_at: new Date(Date.now() - hours * HOUR_MS) } });

    await back(25, "partial");
    expect((await runCli(["status"], account.env)).code).toBe(3);
    await back(25, "succeeded");
    expect((await runCli(["status"], account.env)).code).toBe(0);
    await back(26.1, "succeeded");
    expect((await runCli(["status"], account.env)).code).toBe(1);
    await back(1, "failed");
    expect((await runCli(["status", "--json"], account.env)).code).toBe(1);
  });

  test("of an account that was never synced is 1", async () => {
    const { code, stdout } = await runCli(["status"], { ...account.env, HOSTAWAY_ACCOUNT_ID: "777" });

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ health: "stale", last_success_at: null, runs: [] });
  });

  test("--alive is 1 without a scheduler, whatever else is configured", async () => {
    expect(await runCli(["status", "--alive"], { HEARTBEAT_FILE: heartbeat() })).toMatchObject({
      code: 1,
      stdout: '{"alive":false}\n',
    });
  });

  const newestStored = () => {
    const times = [...account.simulator.oracle.messages()]
      .map(({ timestamp }) => timestamp.getTime())
      .filter((ms) => ms <= Date.now());
    return new Date(Math.max(...times)).toISOString();
  };
});
