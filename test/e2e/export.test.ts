import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { openTestAccount, type TestAccount } from "../support/account.ts";
import { runCli, startCli } from "../support/cli.ts";

/** What an export leaves beside its file when it does not clear up. */
const partsBeside = (file: string) => readdirSync(dirname(file)).filter((name) => name.endsWith(".part"));

let account: TestAccount;

beforeAll(async () => {
  account = await openTestAccount({ seed: 47, conversations: 120, tokenGraceMs: 0 });
  await runCli(["sync"], account.env);
});
afterAll(async () => {
  await account[Symbol.asyncDispose]();
});

const folder = () => mkdtempSync(join(tmpdir(), "hostaway-sync-export-"));
const inOrder = () =>
  [...account.simulator.oracle.messages()].sort(
    (a, b) => a.timestamp.getTime() - b.timestamp.getTime() || Number(a.message_id) - Number(b.message_id),
  );

test("a csv holds every message, in order, and appears when it is whole", async () => {
  const file = join(folder(), "messages.csv");

  const { code, stderr } = await runCli(["export", "--output", file], account.env);

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(partsBeside(file)).toEqual([]);
  const rows: Record<string, string>[] = parse(readFileSync(file), { bom: true, columns: true });
  expect(rows.map((row) => row["message_id"])).toEqual(inOrder().map(({ message_id }) => message_id));
});

test("json lines go to a pipe, filtered like a search, with nothing beside them", async () => {
  const { code, stdout } = await runCli(
    ["export", "--format", "jsonl", "--direction", "incoming"],
    account.env,
  );

  const expected = inOrder().filter(({ direction }) => direction === "incoming");
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(lines.map(({ message_id, content }) => [message_id, content])).toEqual(
    expected.map(({ message_id, content }) => [message_id, content]),
  );
});

test("parquet begins and ends as it must", async () => {
  const file = join(folder(), "messages.parquet");

  await runCli(["export", "--output", file], account.env);

  const bytes = readFileSync(file);
  expect(bytes.subarray(0, 4).toString()).toBe("PAR1");
  expect(bytes.subarray(-4).toString()).toBe("PAR1");
});

test("a reader that has had enough is no error", async () => {
  const { child, finished } = startCli(["export", "--format", "jsonl"], account.env);
  child.stdout?.once("data", () => child.stdout?.destroy());

  expect((await finished).code).toBe(0);
});

test("a named pipe is written to and stays one, and so does a link to a file", async () => {
  const [pipe, file, link] = ["pipe.jsonl", "messages.jsonl", "link.jsonl"].map((name) =>
    join(folder(), name),
  );
  execFileSync("mkfifo", [pipe ?? ""]);
  symlinkSync(file ?? "", link ?? "");
  writeFileSync(file ?? "", "of last week");
  const reading = readFile(pipe ?? "", "utf8");

  const toPipe = await runCli(["export", "--output", pipe ?? ""], account.env);
  const toLink = await runCli(["export", "--output", link ?? ""], account.env);

  expect([toPipe.code, toLink.code]).toEqual([0, 0]);
  expect(lstatSync(pipe ?? "").isFIFO()).toBe(true);
  expect(lstatSync(link ?? "").isSymbolicLink()).toBe(true);
  expect(await reading).toBe(readFileSync(file ?? "", "utf8"));
  expect((await reading).split("\n")).toHaveLength(inOrder().length + 1);
});

test("what cannot be written leaves nothing behind", async () => {
  const file = join(folder(), "messages.csv");
  const env = { ...account.env, MONGODB_URI: "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300" };

  expect((await runCli(["export", "--output", file], env)).code).toBe(1);
  expect([existsSync(file), partsBeside(file)]).toEqual([false, []]);
});

test.each([
  [["export"], "Give a --format (csv, jsonl, parquet), or an --output ending in .csv, .jsonl or .parquet."],
  [["export", "--output", "/no/such/folder/x.csv"], "/no/such/folder"],
  [["export", "--output", "..", "--format", "csv"], "is a folder"],
  [["export", "--output", "x.docx"], "csv, jsonl, parquet"],
  [["export", "--format", "pdf"], "csv, jsonl, parquet"],
  [["export", "--format", "csv", "--guest", "…"], "--guest: expected letters"],
  [["export", "--format", "csv", "--delimiter", "|"], "delimiter"],
])("%j is wrong usage", async (args, words) => {
  const { code, stderr } = await runCli(args, account.env);

  expect(code).toBe(2);
  expect(stderr).toContain(words);
});
