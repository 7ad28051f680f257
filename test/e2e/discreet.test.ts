import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { FaultRule } from "../../src/simulator/simulator.ts";
import { openTestAccount, type TestAccount } from "../support/account.ts";
import { type Finished, runCli } from "../support/cli.ts";
import { connectTo } from "../support/hostaway.ts";
import { startMailServer } from "../support/smtp.ts";

/** What is planted, by where. None of it may come out anywhere but in the data collections. */
const CANARIES = {
  apiKey: "k3y-canary-7f3a9c2e51d84b60",
  mongoPassword: "m0ngo-canary",
  smtpPassword: "sm7p-canary",
  guestName: "Zebedee Canaryson",
  email: "canary.guest@mailbox.example",
  phone: "+49 170 5550142",
  text: "the canary sings in the kitchen",
  door: "canary-door-4711",
} as const;

/** The same in other spellings, and whatever else would give it away. */
const TRACES = [
  ...Object.values(CANARIES),
  "canary",
  "Canaryson",
  "5550142",
  encodeURIComponent(CANARIES.email),
];

const account = async (): Promise<TestAccount> => {
  const opened = await openTestAccount({
    seed: 73,
    conversations: 12,
    tokenGraceMs: 0,
    apiKey: CANARIES.apiKey,
    messagesPerConversation: { min: 3, max: 6 },
  });
  accounts.push(opened);
  return opened;
};
const accounts: TestAccount[] = [];
afterEach(async () => {
  for (const opened of accounts.splice(0)) await opened[Symbol.asyncDispose]();
});

const all = Object.values(CANARIES).join(" ");

const plant = (endpoint: string, fields: Readonly<Record<string, string>>, index = 0): FaultRule[] =>
  Object.entries(fields).map(([field, value]) => ({
    match: { endpoint },
    fault: { type: "poison", index, field, change: "value", value },
  }));

/** Well-formed data that is nobody's business. */
const INNOCENT: FaultRule[] = [
  ...plant("messages", { body: all, communicationEvent: CANARIES.text }),
  ...plant("conversations", { recipientName: CANARIES.guestName, recipientEmail: CANARIES.email }),
  ...plant("reservations", {
    guestName: CANARIES.guestName,
    guestEmail: CANARIES.email,
    phone: CANARIES.phone,
    doorCode: CANARIES.door,
  }),
  ...plant("listings", { name: CANARIES.text, doorSecurityCode: CANARIES.door, wifiPassword: CANARIES.door }),
];

/** The same where it makes the record fail. */
const POISON: FaultRule[] = [
  ...plant("messages", { isIncoming: all, [CANARIES.text]: all }, 1),
  ...plant("messages", { id: CANARIES.email }, 2),
  ...plant("conversations", { id: CANARIES.phone }, 1),
  ...plant("reservations", { id: CANARIES.guestName }, 1),
  ...plant("listings", { id: all }, 1),
];

const complaint = (status: number): FaultRule["fault"] => ({
  type: "status",
  status,
  body: {
    status: "fail",
    message: `${CANARIES.email} ${CANARIES.phone} ${CANARIES.apiKey}`,
    result: CANARIES.text,
  },
});

/** Answers that quote what they should not. */
const QUOTING: readonly [string, FaultRule["fault"]][] = [
  ["403", complaint(403)],
  ["429", complaint(429)],
  ["500", complaint(500)],
  ["a failure under 200", { type: "status_fail_200", text: `${CANARIES.email}, ${CANARIES.phone}` }],
  ["a page", { type: "status", status: 502, body: `<html>${all}</html>` }],
  ["something that is no envelope", { type: "status", status: 200, body: all }],
];

function expectDiscreet(...outputs: readonly string[]): void {
  for (const output of outputs) expect(TRACES.filter((trace) => output.includes(trace))).toEqual([]);
}

const toldBy = ({ stdout, stderr }: Finished) => [stdout, stderr];

function filesIn(directory: string): string[] {
  return readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"));
}

describe("P10: neither secrets nor what guests are called, write and can be reached by come out", () => {
  test.each([
    ["a run in which all goes well", INNOCENT, ["0"]],
    ["a run in which records are refused", [...INNOCENT, ...POISON], ["3"]],
    ...QUOTING.map(
      ([name, fault]) =>
        [
          `a run in which ${name} is the answer to every third request`,
          [...INNOCENT, { match: { endpoint: "messages", probability: 0.33 }, fault }],
          ["0", "1", "3"],
        ] as const,
    ),
    ["a run that is over at once", [{ match: { endpoint: "accessTokens" }, fault: complaint(400) }], ["1"]],
  ] as [string, FaultRule[], string[]][])("of %s, at the most talkative", async (_, faults, codes) => {
    await using mails = await startMailServer();
    const { simulator, env: plain, database } = await account();
    simulator.faults.set(faults);
    const directory = mkdtempSync(join(tmpdir(), "hostaway-sync-discreet-"));
    const [logs, report, page] = ["logs", "report.json", "page.html"].map((name) => join(directory, name));
    const env = {
      ...plain,
      LOG_DIR: logs ?? "",
      LOG_LEVEL: "debug",
      REPORT_WHEN: "always",
      SMTP_URL: `smtp://robot:${CANARIES.smtpPassword}@127.0.0.1:${mails.port}`,
      REPORT_FROM: "robot@example.com",
      REPORT_TO: "owner@example.com",
      SYNC_MAX_FAILURE_RATE: "1",
    };
    // Without a login the server takes the mail; the password is there to be found all the same.
    const anonymous = {
      ...env,
      SMTP_URL: `smtp://127.0.0.1:${mails.port}/?comment=${CANARIES.smtpPassword}`,
    };

    const ran = await runCli(["sync", "--report", report ?? ""], anonymous);
    const others = [
      await runCli(["sync", "--json"], env),
      await runCli(["replay", "--all"], anonymous),
      await runCli(["failures", "--json"], env),
      await runCli(["report", "--last", "5"], env),
      await runCli(["report", "--html", page ?? ""], env),
    ];

    expect(codes).toContain(String(ran.code));
    expectDiscreet(...[ran, ...others].flatMap(toldBy), ...filesIn(logs ?? ""));
    expectDiscreet(readFileSync(report ?? "", "utf8"), readFileSync(page ?? "", "utf8"));
    expect(mails.deliveries.length).toBeGreaterThanOrEqual(2);
    for (const { mail } of mails.deliveries)
      expectDiscreet(mail.subject ?? "", mail.text ?? "", mail.html ?? "");
    const kept = await database.db.collection("sync_runs").find().toArray();
    expectDiscreet(JSON.stringify(kept));
    expect(await database.db.collection("messages").countDocuments()).toBeGreaterThan(
      codes[0] === "1" ? -1 : 0,
    );
  });

  test("of a database that is not there, or does not let us in", async () => {
    const { env } = await account();
    const uri = `mongodb://owner:${CANARIES.mongoPassword}@127.0.0.1:9/?serverSelectionTimeoutMS=300`;

    for (const command of [["sync"], ["sync", "--json"], ["check"], ["failures"], ["report"]]) {
      const ran = await runCli(command, { ...env, MONGODB_URI: uri, LOG_LEVEL: "debug" });
      expect(ran.code).toBe(1);
      expectDiscreet(...toldBy(ran));
    }
  });

  test("of a configuration that is wrong", async () => {
    const ran = await runCli(["sync"], {
      HOSTAWAY_ACCOUNT_ID: CANARIES.apiKey,
      MONGODB_URI: CANARIES.mongoPassword,
      SMTP_URL: CANARIES.smtpPassword,
      REPORT_TO: CANARIES.smtpPassword,
    });

    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/HOSTAWAY_ACCOUNT_ID.*MONGODB_URI.*SMTP_URL.*REPORT_TO/s);
    expectDiscreet(...toldBy(ran));
  });

  test.each(QUOTING)(
    "of an error object, whatever it is turned into, when the answer is %s",
    async (_, fault) => {
      const { simulator } = await account();
      simulator.faults.set([{ match: { endpoint: "listings" }, fault }]);
      using hostaway = connectTo(simulator);

      const error: unknown = await hostaway.client.ping(new AbortController().signal).then(
        () => null,
        (thrown: unknown) => thrown,
      );

      expect(error).toBeInstanceOf(Error);
      expectDiscreet(
        String(error),
        JSON.stringify(error),
        error instanceof Error ? (error.stack ?? "") : "",
        inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
      );
    },
  );
});
