import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/simulator.ts";
import { runCli, startCli } from "../support/cli.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { environmentFor } from "../support/hostaway.ts";
import { differencesFrom } from "../support/oracle.ts";
import { dataIn } from "../support/store.ts";

let database: TestDatabase;
let simulator: Simulator;

beforeAll(async () => {
  database = await openTestDatabase();
  simulator = await startSimulator({ seed: 21, conversations: 800, rateLimit: "off" });
}, 60_000);
afterAll(async () => {
  await simulator.close();
  await database.close();
});

const environment = (more: Record<string, string> = {}) => ({
  ...environmentFor(simulator),
  MONGODB_URI: database.uri,
  MONGODB_DATABASE: database.name,
  ...more,
});

/** An account and a database of one test's own; gone when it ends. */
async function another(options: SimulatorOptions) {
  const slow = await startSimulator({ rateLimit: "off", ...options });
  const fresh = await openTestDatabase();
  opened.push(slow.close, fresh.close);
  const env = { ...environmentFor(slow), MONGODB_URI: fresh.uri, MONGODB_DATABASE: fresh.name };
  return { slow, fresh, env };
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

const everything = () => dataIn(database.db);

describe("sync", () => {
  test("P1, P2, P7: stores every message of 800 conversations exactly once, and nothing changes when it is repeated", async () => {
    const report = join(mkdtempSync(join(tmpdir(), "report-")), "report.json");

    const first = await runCli(["sync", "--report", report], environment());

    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(await differencesFrom(simulator.oracle, database.db)).toEqual({});
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
      status: "succeeded",
      account_id: simulator.accountId,
      items: { messages: { inserted: simulator.oracle.counts().messages } },
    });

    const before = await everything();
    const second = await runCli(["sync", "--json"], environment());

    expect(JSON.parse(second.stdout)).toMatchObject({
      status: "succeeded",
      items: { messages: { inserted: 0, updated: 0 }, conversations: { scanned: 800, changed: 0 } },
    });
    expect(await everything()).toEqual(before);
  });

  test("piped, speaks in JSON lines with the run's id, the report last", async () => {
    const { stdout } = await runCli(["sync"], environment());

    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const last = lines.at(-1);
    expect(last).toMatchObject({ level: "info", message: "run finished", report: { status: "succeeded" } });
    expect(lines.every(({ run_id }) => run_id === last.run_id)).toBe(true);
  });

  test("stops at Ctrl-C within five seconds, and the next run completes the copy", async () => {
    const { fresh, slow, env } = await another({ seed: 22, conversations: 200, latencyMs: 50 });
    const running = startCli(["sync", "--json"], env);
    await until(async () => (await fresh.db.collection("conversations").estimatedDocumentCount()) >= 10);

    const asked = performance.now();
    running.child.kill("SIGINT");
    const { code, stdout } = await running.finished;

    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "failed",
      failures: [{ item_type: "run", error_type: "interrupted" }],
    });
    expect(await runCli(["sync"], env)).toMatchObject({ code: 0 });
    expect(await differencesFrom(slow.oracle, fresh.db)).toEqual({});
  });

  test("P8: two runs one after the other keep to the limit together", async () => {
    const { slow, env } = await another({ conversations: 30, rateLimit: { limit: 20, windowMs: 2_000 } });
    const limited = { ...env, HOSTAWAY_RATE_LIMIT: "20/2s" };

    await runCli(["sync"], limited);
    const second = await runCli(["sync", "--json"], limited);

    expect(JSON.parse(second.stdout)).toMatchObject({ status: "succeeded", api: { rate_limited: 0 } });
    expect(slow.stats().maxInAnyWindow).toBeLessThanOrEqual(20);
  });

  test("ends with 3 when some items failed, and names them", async () => {
    const { env } = await another({
      conversations: 5,
      faults: [
        { match: { endpoint: "messages", times: 1 }, fault: { type: "poison", field: "id", change: "drop" } },
      ],
    });
    const { code, stdout } = await runCli(["sync", "--json"], env);

    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ status: "partial", failures: [{ message: "id: missing" }] });
  });
});

describe("failures and replay", () => {
  test("what failed is listed, tried again by its id, and no longer listed", async () => {
    const { slow, env } = await another({ conversations: 5, tokenGraceMs: 0 });
    const [conversation] = [...slow.oracle.conversations()];
    const id = conversation?.conversation_id ?? "";
    slow.faults.set([
      {
        match: { path: `/conversations/${id}/messages` },
        fault: { type: "status", status: 400, body: { status: "fail", message: "no" } },
      },
    ]);
    await runCli(["sync"], env);
    slow.faults.clear();

    const listed = await runCli(["failures", "--json"], env);
    const replayed = await runCli(["replay", "--id", `conversation:${id}`, "--json"], env);
    const after = await runCli(["failures", "--type", "conversation"], env);

    expect(JSON.parse(listed.stdout)).toMatchObject({ _id: `conversation:${id}`, attempts: 1 });
    expect(replayed.code).toBe(0);
    expect(JSON.parse(replayed.stdout)).toMatchObject({
      mode: "replay",
      items: { conversations: { changed: 1 } },
    });
    expect(after).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });
});

describe("bad input", () => {
  test("missing and malformed variables are all named at once, with exit code 2 and no value", async () => {
    const env = { HOSTAWAY_API_KEY: "", HOSTAWAY_RATE_LIMIT: "canary-1", HOSTAWAY_TIMEOUT: "canary-2" };

    const { code, stdout, stderr } = await runCli(["sync"], env);

    expect(code).toBe(2);
    for (const name of ["HOSTAWAY_ACCOUNT_ID", ...Object.keys(env)]) expect(stderr).toContain(name);
    expect(stdout + stderr).not.toContain("canary");
  });

  test("wrong credentials are one clear line, with exit code 1", async () => {
    const { code, stdout } = await runCli(
      ["sync", "--json"],
      environment({ HOSTAWAY_API_KEY: "wrong-canary" }),
    );

    expect(code).toBe(1);
    const { failures } = JSON.parse(stdout);
    expect(failures).toHaveLength(1);
    expect(failures[0].message).toBe("POST /accessTokens: Hostaway does not accept the credentials");
    expect(failures[0].remediation).toContain("HOSTAWAY_API_KEY");
    expect(stdout).not.toContain("canary");
  });

  test("an unreachable MongoDB is named by its host within 30 s, with exit code 1 and without the password", async () => {
    const uri = "mongodb://someone:canary@127.0.0.1:9/?serverSelectionTimeoutMS=500";

    const { code, stdout, stderr } = await runCli(["sync"], environment({ MONGODB_URI: uri }));

    expect(code).toBe(1);
    expect(stdout).toContain("MongoDB does not answer at 127.0.0.1:9");
    expect(stdout + stderr).not.toContain("canary");
  });

  test("a folder for the embedded database that cannot be written to is named, with the way out", async () => {
    const { MONGODB_URI: _, ...env } = environment({ DATA_DIR: "/dev/null/data" });

    const { code, stdout, stderr } = await runCli(["sync"], env);

    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain("kept in /dev/null/data, but /dev/null is a file, not a folder");
    expect(stdout).toContain("or set DATA_DIR to another folder");
  });

  test.each([
    [["sing"], "sing"],
    [["sync", "--loud"], "--loud"],
    [["failures", "--type", "postcard"], "postcard"],
    [["replay", "--type", "postcard"], "postcard"],
    [["sync", "--report", "/no/such/folder/report.json"], "/no/such/folder"],
    [["simulate", "--conversations", "many"], "conversations"],
    [["simulate", "--rate-limit", "plenty"], "rateLimit"],
    [["simulate", "--window", "round"], "window"],
    [["simulate", "--faults", "/no/such/file"], "/no/such/file"],
  ])("%j is wrong usage: exit code 2, and the message says what", async (args, word) => {
    const { code, stderr } = await runCli(args, environment());

    expect(code).toBe(2);
    expect(stderr).toContain(word);
    expect(stderr).not.toContain("    at ");
  });
});

const COMMANDS = [
  "sync",
  "backfill",
  "search",
  "export",
  "history",
  "schedule",
  "status",
  "failures",
  "replay",
  "report",
  "check",
  "simulate",
  "demo",
];

describe("help", () => {
  test("names every command", async () => {
    const { code, stdout } = await runCli(["--help"]);

    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(`  ${command}`);
  });

  test.each(COMMANDS)("is there for %s", async (command) => {
    expect(await runCli([command, "--help"])).toMatchObject({ code: 0, stderr: "" });
  });

  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));

    expect(await runCli(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

describe("check", () => {
  const named = (stdout: string, name: string) =>
    JSON.parse(stdout).checks.find((check: { name: string }) => check.name === name);

  test("says that everything works", async () => {
    const { code, stdout } = await runCli(["check", "--json"], environment());

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: "ok" });
    for (const name of ["configuration", "MongoDB", "indexes", "Hostaway", "clock of MongoDB"]) {
      expect(named(stdout, name)).toMatchObject({ status: "ok" });
    }
  });

  test("names the remedy when the credentials are wrong, and still checks the rest", async () => {
    const { code, stdout } = await runCli(["check", "--json"], environment({ HOSTAWAY_API_KEY: "wrong" }));

    expect(code).toBe(1);
    expect(named(stdout, "Hostaway")).toMatchObject({
      status: "failed",
      remedy: expect.stringContaining("API_KEY"),
    });
    expect(named(stdout, "MongoDB")).toMatchObject({ status: "ok" });
  });

  test("names the host when MongoDB is away, and still checks Hostaway", async () => {
    const uri = "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=500";

    const { code, stdout } = await runCli(["check", "--json"], environment({ MONGODB_URI: uri }));

    expect(code).toBe(1);
    expect(named(stdout, "MongoDB")).toMatchObject({
      status: "failed",
      detail: expect.stringContaining("127.0.0.1:9"),
    });
    expect(named(stdout, "Hostaway")).toMatchObject({ status: "ok" });
  });

  test("reports an index that stands in the way", async () => {
    const { fresh } = await another({ conversations: 1 });
    await fresh.db.collection("messages").createIndex({ guest: 1 }, { name: "message_id_1" });

    const { code, stdout } = await runCli(["check", "--json"], environment({ MONGODB_DATABASE: fresh.name }));

    expect(code).toBe(1);
    expect(named(stdout, "indexes")).toMatchObject({
      status: "failed",
      detail: expect.stringContaining("message_id_1"),
    });
  });
});

describe("simulate", () => {
  test("says where it listens, answers there, and ends at Ctrl-C", async () => {
    const running = startCli(["simulate", "--port", "0", "--conversations", "3"]);
    await running.saying("\n");
    const { url, account_id, api_key, conversations } = JSON.parse(running.stdout());

    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: account_id,
      client_secret: api_key,
      scope: "general",
    });
    const answer = await fetch(`${url}/accessTokens`, { method: "POST", body });
    running.child.kill("SIGINT");

    expect(answer.status).toBe(200);
    expect(conversations).toBe(3);
    expect(await running.finished).toMatchObject({ code: 0, stderr: "" });
  });

  test("names the port that is taken", async () => {
    const port = new URL(simulator.url).port;

    const { code, stderr } = await runCli(["simulate", "--port", port]);

    expect(code).toBe(2);
    expect(stderr).toContain(`Port ${port} is taken`);
  });
});

test("demo tells the whole story and ends well", async () => {
  const { code, stdout, stderr } = await runCli(["demo"], { MONGODB_URI: database.uri });

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("succeeded");
  expect(stdout).toContain("What was said in booking");
});

/** Looks again and again, without waiting longer than it takes to look. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(setImmediate);
}
