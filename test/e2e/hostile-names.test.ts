import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Document } from "mongodb";
import { openTestAccount, type TestAccount } from "../support/account.ts";
import { runShown } from "../support/terminal.ts";

/** Clears the screen, sets the title, breaks the line, turns the direction round, and does so in C1 controls too. */
const HOSTILE = [
  "Eve\u001b[2J\u001b]0;owned\u0007\u001b[31m",
  "\r\nfake line",
  "\u202eexe.gpj\u2066\u200f",
  "\u009b2J\u0090q\u009c\u007f",
  "\u2028sep\u2029\u0085",
  "\u200b".repeat(500),
  "a\u0301".repeat(3),
  "z\u0335\u0336\u0337".repeat(40),
  `o${"\u0315".repeat(300)}`,
  "\ud800 half",
  "客様".repeat(60),
  "<script>alert(1)</script>\"'&",
  "x".repeat(400),
].join("");

/** What searches go by stays; every other text becomes hostile. */
const KEPT =
  /^(_id|.*_id|id|.*_hash|type|direction|channel|platform|message_type|delivery_status|timestamp_source|local_timestamp|timezone|status|mode|item_type|error_type|stage|name_parts|content_tokens|text|nationality.*|locale|currency|fingerprint|.*_zone)$/;

function madeHostile(value: unknown, key = ""): unknown {
  if (typeof value === "string") return KEPT.test(key) ? value : HOSTILE;
  if (Array.isArray(value)) return value.map((one) => madeHostile(one, key));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, madeHostile(one, name)]));
}

let account: TestAccount;
let booking: string;
let page: string;

beforeAll(async () => {
  account = await openTestAccount({
    seed: 47,
    conversations: 12,
    tokenGraceMs: 0,
    faults: [{ match: { endpoint: "messages", times: 1 }, fault: "status_fail_200" }],
  });
  page = join(mkdtempSync(join(tmpdir(), "hostile-")), "page.html");
  await runShown(["sync"], account.env, false);
  const { db } = account.database;
  for (const { name } of await db.listCollections({ type: "collection" }).toArray()) {
    if (
      !["messages", "conversations", "reservations", "listings", "sync_runs", "sync_failures"].includes(name)
    )
      continue;
    for (const document of await db.collection(name).find().toArray()) {
      const { _id, ...rest } = document;
      const hostile = madeHostile(rest) as Document;
      await db.collection(name).replaceOne({ _id }, hostile, { bypassDocumentValidation: true });
    }
  }
  const [message] = await db
    .collection("messages")
    .find({ reservation: { $ne: null } })
    .toArray();
  booking = message?.["reservation"].id;
});
afterAll(async () => {
  await account[Symbol.asyncDispose]();
});

const ESCAPE = String.fromCodePoint(0x1b);
/** What this program may send a terminal besides text: colours, and what moves its own progress bar. */
const OURS = new RegExp(`${ESCAPE}(?:[78]|\\[(?:\\d{1,3}m|\\?25[hl]|\\?7[hl]|\\d?[GKJ]))`, "g");

/** Everything that a terminal would act on, or nobody would see. */
function unseenIn(text: string): string[] {
  const left = text.replace(OURS, "").replace(/\n|\r(?=\n|$)/g, "");
  const found = left.match(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060\ufeff]/gu) ?? [];
  return [...new Set(found)].map((one) => `U+${one.codePointAt(0)?.toString(16)}`);
}

const COMMANDS: readonly (readonly string[])[] = [
  ["search", "--guest", "a"],
  ["search", "--limit", "20"],
  ["history", "--reservation", "BOOKING"],
  ["history", "--reservation", "BOOKING", "--json"],
  ["failures"],
  ["failures", "--raw"],
  ["status"],
  ["report", "--last", "3"],
  ["report", "--html", "PAGE"],
  ["export", "--format", "csv"],
  ["export", "--format", "jsonl"],
  ["sync", `--${HOSTILE}`],
  ["replay", "--id", HOSTILE],
  ["export", "--output", `/nowhere/${HOSTILE}.csv`],
  ["sync", "--report", `/nowhere/${HOSTILE}.json`],
  ["search", "--text", HOSTILE],
  ["search", "--after", HOSTILE],
  [HOSTILE],
  ["check"],
  ["sync"],
];

/** Piped, a CSV is a file: what is in it is data. */
const isFile = (args: readonly string[], isTerminal: boolean) => args.includes("csv") && !isTerminal;

describe.each([
  ["on a terminal", true],
  ["piped", false],
])("an account whose every text is hostile, %s", (_, isTerminal) => {
  test.each(COMMANDS.filter((args) => !isFile(args, isTerminal)))(
    "%j acts on no terminal",
    async (...args) => {
      const given = args.map((arg) => arg.replace("BOOKING", booking).replace("PAGE", page));
      const { stdout, stderr } = await runShown(given, account.env, isTerminal);

      expect({ stdout: unseenIn(stdout), stderr: unseenIn(stderr) }).toEqual({ stdout: [], stderr: [] });
      expect(stdout + stderr).not.toContain("    at ");
    },
  );

  test("no name makes a row of its own: only messages, in their margin, have several lines", async () => {
    const { stdout } = await runShown(["search", "--guest", "a"], account.env, isTerminal);

    expect(stdout.split("\n").filter((line) => /^ {0,7}fake line/.test(line))).toEqual([]);
  });
});

test("the page holds no markup and no direction control that anybody else wrote", async () => {
  await runShown(["report", "--html", page], account.env, false);

  const markup = readFileSync(page, "utf8");
  expect(markup).not.toContain("<script>");
  expect(unseenIn(markup.replaceAll("\t", ""))).toEqual([]);
});
