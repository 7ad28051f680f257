import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openTestAccount, type TestAccount } from "../support/account.ts";
import { runCli } from "../support/cli.ts";
import { isSent } from "../support/sent.ts";
import { closedPort, LOGIN, type MailServer, startMailServer } from "../support/smtp.ts";

let account: TestAccount;
let mails: MailServer;

beforeAll(async () => {
  account = await openTestAccount({ seed: 71, conversations: 8, tokenGraceMs: 0 });
});
afterAll(async () => {
  await account[Symbol.asyncDispose]();
});
beforeEach(async () => {
  mails = await startMailServer();
});
afterEach(async () => {
  account.simulator.faults.clear();
  await mails[Symbol.asyncDispose]();
});

const url = (port: number) =>
  `smtp://${encodeURIComponent(LOGIN.user)}:${encodeURIComponent(LOGIN.password)}@127.0.0.1:${port}`;
const mailTo = (port: number, more: Record<string, string> = {}) => ({
  ...account.env,
  SMTP_URL: url(port),
  REPORT_FROM: "hostaway-sync@example.com",
  REPORT_TO: "anna@example.com, ben@example.com",
  ...more,
});
const poisonOne = () =>
  account.simulator.faults.set([
    {
      match: { endpoint: "messages", times: 1 },
      fault: { type: "poison", field: "isIncoming", change: "drop" },
    },
  ]);
const folder = () => mkdtempSync(join(tmpdir(), "hostaway-sync-report-"));

describe("after a run", () => {
  test("a mail goes to everybody when not all went well", async () => {
    poisonOne();

    const { code, stderr } = await runCli(["sync"], mailTo(mails.port));

    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(mails.deliveries).toHaveLength(1);
    expect(mails.deliveries[0]).toMatchObject({
      from: "hostaway-sync@example.com",
      to: ["anna@example.com", "ben@example.com"],
      mail: { subject: expect.stringMatching(/partial · account 10001 · 1 of [\d,]+ failed/) },
    });
  });

  test("none goes out when all is well, unless one is always wanted; never is never", async () => {
    await runCli(["replay", "--all"], account.env);
    await runCli(["sync"], mailTo(mails.port));
    expect(mails.deliveries).toHaveLength(0);

    await runCli(["sync"], mailTo(mails.port, { REPORT_WHEN: "always" }));
    expect(mails.deliveries.map(({ mail }) => mail.subject)).toEqual([
      expect.stringContaining("succeeded · account 10001"),
    ]);

    poisonOne();
    await runCli(["sync"], mailTo(mails.port, { REPORT_WHEN: "never", SYNC_SWEEP_DAYS: "1" }));
    await runCli(["sync", "--dry-run"], mailTo(mails.port, { REPORT_WHEN: "always" }));
    expect(mails.deliveries).toHaveLength(1);
  });

  test("one goes out also when there was no database to run on", async () => {
    const env = mailTo(mails.port, {
      MONGODB_URI: "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300",
    });

    const { code, stdout } = await runCli(["sync", "--json"], env);

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "failed",
      failures: [{ item_type: "run", error_type: "storage_error", message: expect.stringContaining(":9") }],
    });
    expect(mails.deliveries[0]?.mail).toMatchObject({
      subject: expect.stringContaining("failed · account 10001"),
      text: expect.stringContaining("MongoDB does not answer at 127.0.0.1:9"),
    });
  });

  test("a mail server that is down is a warning in the log, and changes nothing else", async () => {
    const env = mailTo(await closedPort(), { REPORT_WHEN: "always" });

    const { code, stdout, stderr } = await runCli(["sync", "--json"], env);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: "succeeded" });
    expect(stderr).toContain('"level":"warn","message":"mail failed"');
    expect(stderr).toContain("cannot be reached (ESOCKET, ECONNREFUSED)");
    expect(stderr).not.toContain(LOGIN.password);
  });

  test("the log files of the day hold the story, with the run's id on each line of it", async () => {
    const directory = join(folder(), "logs");
    poisonOne();

    const env = { ...account.env, LOG_DIR: directory, SYNC_SWEEP_DAYS: "1" };
    const { stdout } = await runCli(["sync", "--json"], env);

    const { run_id } = JSON.parse(stdout);
    const [file = "", ...others] = readdirSync(directory).filter((name) => name.endsWith(".log"));
    expect(others).toEqual([]);
    const lines = readFileSync(join(directory, file), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "info run started",
      "warn item failed: isIncoming: missing",
      "info run finished",
    ]);
    expect(new Set(lines.map((line) => line.run_id))).toEqual(new Set([run_id]));
  });
});

describe("report", () => {
  test("gives the last run, or so many, the latest first", async () => {
    const runs: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const { stdout } = await runCli(["sync", "--json"], account.env);
      runs.unshift(JSON.parse(stdout).run_id);
    }

    const last = await runCli(["report", "--json"], account.env);
    const both = await runCli(["report", "--last", "2"], account.env);

    expect(JSON.parse(last.stdout)).toMatchObject({ run_id: runs[0], status: "succeeded" });
    const lines = both.stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).run_id)).toEqual(runs);
  });

  test("of an account that was never synced is nothing, and no error", async () => {
    const env = { ...account.env, HOSTAWAY_ACCOUNT_ID: "777" };

    expect(await runCli(["report"], env)).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  test("draws the last runs and what the messages add up to, as one page that needs nothing else", async () => {
    const file = join(folder(), "report.html");
    await runCli(["sync"], account.env);

    const { code, stderr } = await runCli(["report", "--html", file, "--months", "60"], account.env);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const page = readFileSync(file, "utf8");
    const sent = [...account.simulator.oracle.messages()].filter(isSent);
    expect(page).toContain("<title>Account 10001");
    expect(page).toContain(`${sent.length} messages: `);
    expect(page.match(/<svg role="img"/g)).toHaveLength(20);
  });

  test.each([
    [["report", "--html", "/no/such/folder/runs.html"], "/no/such/folder"],
    [["report", "--last", "none"], "1 to 1000"],
    [["report", "--html", "x.html", "--months", "0"], "1 to 60"],
  ])("%j is wrong usage", async (args, word) => {
    const { code, stderr } = await runCli(args, account.env);

    expect(code).toBe(2);
    expect(stderr).toContain(word);
  });
});
