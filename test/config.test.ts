import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { ConfigError, readConfig, VARIABLES } from "../src/config.ts";

const GOOD = { HOSTAWAY_ACCOUNT_ID: "10001", HOSTAWAY_API_KEY: "k3y-that-nobody-sees" };

function messageOf(env: Record<string, string>): string {
  try {
    readConfig(env);
    return "no error";
  } catch (error) {
    return error instanceof ConfigError ? error.message : String(error);
  }
}

describe("the configuration", () => {
  test("needs an account and a key, and has a default for everything else", () => {
    const config = readConfig(GOOD);

    expect(config.hostaway).toMatchObject({
      baseUrl: "https://api.hostaway.com/v1",
      rateLimit: { limit: 180, windowMs: 10_000 },
      concurrency: 8,
      timeoutMs: 30_000,
    });
    expect(config.mongo).toEqual({ uri: null, database: "hostaway", dataDir: "./data" });
    expect(config.sync).toEqual({
      sweepDays: 30,
      dryRun: false,
      thresholds: { maxConsecutive: 10, maxRate: 0.15 },
    });
    expect(config.log).toEqual({ level: "info", format: null, directory: null });
  });

  test("names every missing and malformed variable at once", () => {
    const message = messageOf({
      HOSTAWAY_ACCOUNT_ID: "abc",
      HOSTAWAY_BASE_URL: "not a url",
      HOSTAWAY_RATE_LIMIT: "plenty",
      HOSTAWAY_CONCURRENCY: "many",
      HOSTAWAY_TIMEOUT: "soon",
      MONGODB_URI: "localhost",
      MONGODB_DATABASE: "a/b",
      SYNC_SWEEP_DAYS: "0",
      SYNC_MAX_CONSECUTIVE_FAILURES: "never",
      SYNC_MAX_FAILURE_RATE: "2",
      DRY_RUN: "perhaps",
      LOG_LEVEL: "loud",
      LOG_FORMAT: "xml",
      SYNC_CRON: "every night",
      SYNC_TIMEZONE: "Middle/Earth",
      SMTP_URL: "smtp.example.com",
      REPORT_TO: "Anna, Ben",
      REPORT_WHEN: "sometimes",
    });

    for (const name of VARIABLES.filter((name) => !["DATA_DIR", "LOG_DIR", "HEARTBEAT_FILE"].includes(name)))
      expect(message).toContain(`  ${name}: `);
  });

  test("prints no value of a variable, good or bad", () => {
    const canaries = Object.fromEntries(VARIABLES.map((name) => [name, `canary-${name.toLowerCase()} ://`]));

    expect(messageOf(canaries)).not.toContain("canary");
  });

  test("needs all three or none of what a mail takes", () => {
    const mail = {
      SMTP_URL: "smtps://robot:pass@smtp.example.com",
      REPORT_FROM: "robot@example.com",
      REPORT_TO: "a@example.com,b@example.com",
    };

    expect(readConfig({ ...GOOD, ...mail }).mail).toMatchObject({
      from: "robot@example.com",
      to: ["a@example.com", "b@example.com"],
      when: "problems",
    });
    expect(readConfig({ ...GOOD, ...mail, REPORT_WHEN: "never" }).mail).toBeNull();
    expect(readConfig(GOOD).mail).toBeNull();
    expect(messageOf({ ...GOOD, REPORT_TO: "a@example.com" })).toMatch(
      /SMTP_URL: missing \(required with REPORT_TO\)\n {2}REPORT_FROM: missing/,
    );
  });

  test("prints no secret when it is dumped", () => {
    const config = readConfig({ ...GOOD, MONGODB_URI: "mongodb://user:s3cret@db.example.com/x" });
    const dumps = [inspect(config, { depth: 9 }), JSON.stringify(config), `${config.hostaway.apiKey}`];

    for (const dump of dumps) {
      expect(dump).not.toContain("k3y-that-nobody-sees");
      expect(dump).not.toContain("s3cret");
      expect(dump).toContain("[secret]");
    }
  });

  test("treats an empty variable as a missing one", () => {
    expect(messageOf({ ...GOOD, HOSTAWAY_API_KEY: " " })).toContain("HOSTAWAY_API_KEY: missing");
    expect(readConfig({ ...GOOD, MONGODB_URI: "" }).mongo.uri).toBeNull();
    expect(readConfig({ ...GOOD, LOG_DIR: "" }).log.directory).toBeNull();
  });

  test("takes a folder for log files", () => {
    expect(readConfig({ ...GOOD, LOG_DIR: "./logs" }).log.directory).toBe("./logs");
  });

  test.each([
    ["legacy", { limit: 15, windowMs: 10_000 }],
    ["60/1s", { limit: 60, windowMs: 1_000 }],
  ])("reads the rate limit %s", (text, expected) => {
    expect(readConfig({ ...GOOD, HOSTAWAY_RATE_LIMIT: text }).hostaway.rateLimit).toEqual(expected);
  });
});

test(".env.example explains every variable that is read, and no other", () => {
  const named = [...readFileSync(".env.example", "utf8").matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(
    ([, name]) => name,
  );

  expect(named.sort()).toEqual([...VARIABLES].sort());
});

test("the values of .env.example are accepted", () => {
  const lines = [...readFileSync(".env.example", "utf8").matchAll(/^([A-Z_]+)=(.*)$/gm)];
  const env = Object.fromEntries(lines.map(([, name, value]) => [name, value]));

  expect(readConfig(env).hostaway.accountId).toBe("10001");
});
