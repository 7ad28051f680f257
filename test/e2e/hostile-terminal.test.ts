import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Document } from "mongodb";
import { systemClock } from "../../src/clock.ts";
import type { Context } from "../../src/commands/command.ts";
import { main } from "../../src/main.ts";
import { openTestAccount, type TestAccount } from "../support/account.ts";
import { syncOnce } from "../support/run.ts";

const ESC = "\u001b";
/** Clears the screen, sets the title, goes up, rings, turns the line round, begins a row of its own, hides, heaps. */
const HOSTILE = [
  `${ESC}[2J${ESC}]0;title\u0007`,
  `${ESC}[1A${ESC}[31m`,
  "\u009b2J\u0090q\u009c\u007f\u0008",
  "\u202egnp.exe\u202c\u2066x\u2069\u200e\u200f\u061c",
  "line\r\nbreak\u2028and\u2029more\u0085\u000b\u000c",
  "\u200b".repeat(50),
  `a${"\u0301".repeat(200)}`,
  "\ufeff\u00ad\ue000\u3164",
  "x".repeat(3_000),
].join(" ");

let account: TestAccount;

beforeAll(async () => {
  account = await openTestAccount({ seed: 91, conversations: 6, tokenGraceMs: 0 });
  await syncOnce(account.simulator, account.database);
  const { db } = account.database;
  const text = { $concat: ["Mallory ", HOSTILE] };
  const guest = { "guest.name": text, "property.name": text };
  await db.collection("messages").updateMany({}, [
    {
      $set: {
        ...guest,
        "sender.name": text,
        content: { $concat: ["parking ", HOSTILE] },
        source_status: text,
      },
    },
  ]);
  await db
    .collection("conversations")
    .updateMany({}, [{ $set: { ...guest, "participants.recipient_name": text, name_parts: ["mallory"] } }]);
  await db.collection("listings").updateMany({}, [{ $set: { name: text } }]);
  const [run] = await db.collection("sync_runs").find().toArray();
  const failure = { ...failureOf(), failure_id: "message:1" };
  await db
    .collection("sync_runs")
    .updateOne({ run_id: run?.["run_id"] }, { $set: { failures: [failure], status: "partial" } });
  await db.collection<Document & { _id: string }>("sync_failures").insertOne({
    _id: "message:1",
    account_id: account.simulator.accountId,
    item_type: "message",
    item_id: "1",
    conversation_id: "2",
    stage: "load",
    error_type: "storage_error",
    message: HOSTILE,
    http_status: null,
    attempts: 2,
    first_failed_at: new Date(),
    last_failed_at: new Date(),
    next_try_at: new Date(),
    run_id: "run",
    raw: { body: HOSTILE },
    resolved_at: null,
  });
});
afterAll(async () => {
  await account[Symbol.asyncDispose]();
});

function failureOf() {
  return {
    item_type: "message",
    item_id: "1",
    conversation_id: "2",
    stage: "load",
    error_type: "storage_error",
    message: HOSTILE,
    attempts: 1,
    http_status: null,
    remediation: HOSTILE,
    retryable: true,
  };
}

/** Runs a command as on a terminal, or as into a pipe, and tells every byte that it wrote. */
async function written(
  argv: readonly string[],
  isTTY: boolean,
  env: Record<string, string> = {},
): Promise<string> {
  const chunks: Buffer[] = [];
  const stream = () => {
    const through = new PassThrough();
    through.on("data", (chunk: Buffer) => chunks.push(chunk));
    const nothing = () => true;
    return Object.assign(through, {
      isTTY,
      columns: 100,
      rows: 40,
      cursorTo: nothing,
      moveCursor: nothing,
      clearLine: nothing,
    }) as unknown as NodeJS.WriteStream;
  };
  const context: Context = {
    env: { ...account.env, LOG_LEVEL: "debug", ...env },
    clock: systemClock,
    stdout: stream(),
    stderr: stream(),
    signal: new AbortController().signal,
  };
  await main(argv, context);
  await new Promise((done) => setImmediate(done));
  return Buffer.concat(chunks).toString("utf8");
}

/** What our own colours and progress bars write. */
const OWN = new RegExp(`${ESC}[78]|${ESC}\\[(?:[\\d;]*m|\\?25[lh]|\\?7[lh]|\\d*[GK]|\\d*A)`, "g");
const OBEYED = /(?!\n|\u200c|\u200d)[\p{Cc}\p{Cf}\u2028\u2029]/u;
const HEAP = /\p{M}{12}/u;

function expectHarmless(bytes: string): void {
  const rest = bytes.replace(OWN, "");
  const found = OBEYED.exec(rest);
  expect(found && JSON.stringify(rest.slice(Math.max(0, found.index - 60), found.index + 20))).toBeNull();
  expect(rest.split("\n").filter((line) => !line.startsWith("{") && HEAP.test(line))).toEqual([]);
}

const COMMANDS: readonly (readonly string[])[] = [
  ["search", "--guest", "mallory"],
  ["search", "--text", "parking"],
  ["search", "--text", "parking", "--json"],
  ["search", "--guest", HOSTILE.slice(0, 150)],
  ["search", "--reservation", HOSTILE],
  ["search", "--text", `"${HOSTILE.slice(0, 60)}"`],
  ["search", "--channel", HOSTILE],
  ["search", `--${HOSTILE.slice(0, 30)}`],
  [HOSTILE.slice(0, 60)],
  ["history", "--reservation", "RESERVATION"],
  ["history", "--reservation", "RESERVATION", "--json"],
  ["status"],
  ["status", "--json"],
  ["failures"],
  ["failures", "--json"],
  ["failures", "--raw"],
  ["report"],
  ["report", "--json"],
  ["report", "--html", join(tmpdir(), HOSTILE.slice(0, 40), "page.html")],
  ["export", "--output", join(tmpdir(), HOSTILE.slice(0, 40), "file.csv")],
  ["export", "--format", "csv"],
  ["export", "--format", "jsonl"],
  ["check"],
  ["sync"],
  ["sync", "--dry-run", "--json"],
  ["replay", "--id", HOSTILE.slice(0, 50)],
  ["backfill", "--conversation", HOSTILE.slice(0, 50)],
  ["simulate", "--faults", HOSTILE.slice(0, 50)],
];

describe("what guests and hosts wrote does nothing to a terminal but show", () => {
  test.each(
    COMMANDS.map(
      (argv) =>
        [
          argv
            .join(" ")
            .replace(/[^\x20-\x7e]/g, "?")
            .slice(0, 60),
          argv,
        ] as const,
    ),
  )("%s", async (_, argv) => {
    const [message] = await account.database.db.collection("messages").find().limit(1).toArray();
    const reservation = String(message?.["reservation"]?.id);
    const asked = argv.map((word) => (word === "RESERVATION" ? reservation : word));

    expectHarmless(await written(asked, true));
    // A pipe may end at a terminal; data for programs keep what they are.
    if (argv[0] !== "export") expectHarmless(await written(asked, false));
  });

  test("nor through the configuration, or an error of the database", async () => {
    for (const env of [
      { HOSTAWAY_BASE_URL: `http://${HOSTILE.slice(0, 30)}/` },
      { LOG_DIR: join("/proc", HOSTILE.slice(0, 40)) },
      { SYNC_TIMEZONE: HOSTILE },
      { MONGODB_URI: `mongodb://${HOSTILE.slice(0, 20)}/` },
      { MONGODB_DATABASE: HOSTILE },
    ])
      expectHarmless(await written(["status"], true, env));
  });

  test("each guest of the table stands on one line", async () => {
    const lines = (await written(["search", "--guest", "mallory"], true)).replace(OWN, "").split("\n");

    for (const line of lines.filter((one) => one.includes("Mallory")).slice(0, 6))
      expect(line.length).toBeLessThan(400);
    expect(lines.filter((line) => /^ {0,4}(break|and|more)\b/.test(line))).toEqual([]);
  });

  test("JSON says the same as before", async () => {
    const lines = (await written(["search", "--text", "parking", "--json"], false)).split("\n");
    const messages = lines.filter((line) => line.startsWith('{"message_id"')).map((line) => JSON.parse(line));

    expect(messages.length).toBeGreaterThan(0);
    for (const { content, guest } of messages) {
      expect(content).toBe(`parking ${HOSTILE}`);
      expect(guest.name).toBe(`Mallory ${HOSTILE}`);
    }
  });

  test("the page holds none of it", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "hostaway-sync-page-")), "page.html");
    await written(["report", "--html", file], false);

    expectHarmless(readFileSync(file, "utf8"));
  });
});
