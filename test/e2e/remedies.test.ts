import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openTestAccount, type TestAccount } from "../support/account.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { runShown } from "../support/terminal.ts";

let account: TestAccount;
let broken: TestDatabase;
let brokenEnv: Record<string, string>;

beforeAll(async () => {
  account = await openTestAccount({ seed: 48, conversations: 6, tokenGraceMs: 0 });
  await runShown(["sync"], account.env, false);
  broken = await openTestDatabase();
  // Views that cannot be computed stand where the collections should be: every question ends in a database error.
  const collections = ["messages", "conversations", "reservations", "listings", "sync_runs", "sync_failures"];
  await broken.db.collection("seed").insertOne({ zero: 0 });
  for (const name of [...collections, "sync_state", "sync_conversations"])
    await broken.db.command({
      create: name,
      viewOn: "seed",
      pipeline: [{ $addFields: { account_id: account.simulator.accountId, x: { $divide: [1, "$zero"] } } }],
    });
  brokenEnv = { ...account.env, MONGODB_DATABASE: broken.name };
});
afterAll(async () => {
  await broken.close();
  await account[Symbol.asyncDispose]();
});

const folder = () => mkdtempSync(join(tmpdir(), "remedies-"));
const reservation = () => [...account.simulator.oracle.conversations()][0]?.reservation?.id ?? "1";

const READING = [
  ["search"],
  ["search", "--count"],
  ["history", "--reservation", "1"],
  ["export", "--format", "jsonl"],
  ["status"],
  ["report"],
  ["failures"],
] as const;
const RUNNING = [["sync"], ["backfill", "--all"], ["replay", "--all"]] as const;
const ALL = [...READING, ...RUNNING];

/** What a command told whoever started it, on a terminal. */
async function tell(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await runShown(args, env, true);
  const told = `${stdout}${stderr}`;
  expect(told).not.toMatch(/^\s+at .*[:(]/m);
  return { code, told };
}

describe("each command says what is wrong and what to do, without a stack", () => {
  const away = "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300";
  test.each(ALL)("%s %s %s: MongoDB is away", async (...args) => {
    const { code, told } = await tell(args, { ...account.env, MONGODB_URI: away });

    expect(code).toBe(1);
    expect(told).toContain("127.0.0.1:9");
    expect(told).toMatch(/MONGODB_URI|MongoDB is running/);
  });

  const unknown = "mongodb://no-such-host.invalid/?serverSelectionTimeoutMS=300";
  test.each(ALL)("%s %s %s: MongoDB's host is unknown", async (...args) => {
    const { code, told } = await tell(args, { ...account.env, MONGODB_URI: unknown });

    expect(code).toBe(1);
    expect(told).toContain("no-such-host.invalid");
  });

  test.each(ALL)("%s %s %s: the password in MONGODB_URI is not escaped", async (...args) => {
    const { code, told } = await tell(args, { ...account.env, MONGODB_URI: "mongodb://u:p@ss@127.0.0.1/x" });

    expect(code).toBe(2);
    expect(told).toContain("@ as %40");
    expect(told).not.toContain("p@ss");
  });

  test.each(READING)("%s %s %s: the database answers with an error", async (...args) => {
    const { code, told } = await tell(args, brokenEnv);

    expect(code).toBe(1);
    expect(told).toMatch(/MongoDB error \d+/);
    expect(told).toMatch(/log of the MongoDB server/);
  });

  test.each(RUNNING)("%s %s: the database answers with an error", async (...args) => {
    const { code, told } = await tell(args, brokenEnv);

    expect(code).toBe(1);
    expect(told).toMatch(/MongoDB/);
  });

  test.each(RUNNING)("%s %s: Hostaway's host is unknown", async (...args) => {
    const env = { ...account.env, HOSTAWAY_BASE_URL: "http://no-such-host.invalid/v1" };

    const { code, told } = await tell([...args, ...(args[0] === "replay" ? [] : [])], env);

    if (args[0] === "replay") return expect(code).toBe(0);
    expect(code).toBe(1);
    expect(told).toContain("no-such-host.invalid");
    expect(told).toContain("HOSTAWAY_BASE_URL");
  });

  test.each([["sync"], ["backfill", "--all"], ["check"]])(
    "%s %s: the base URL lacks its /v1",
    async (...args) => {
      const env = { ...account.env, HOSTAWAY_BASE_URL: account.simulator.url.replace(/\/v1$/, "") };

      const { code, told } = await tell(args, env);

      expect(code).toBe(1);
      expect(told).toContain("with /v1 at the end");
      expect(told).not.toContain("deleted in Hostaway");
    },
  );

  test.each([["sync"], ["backfill", "--all"], ["check"]])("%s %s: the key is wrong", async (...args) => {
    const { code, told } = await tell(args, { ...account.env, HOSTAWAY_API_KEY: "wrong-key" });

    expect(code).toBe(1);
    expect(told).toContain("HOSTAWAY_API_KEY");
    expect(told).not.toContain("wrong-key");
  });
});

describe("ids that nothing has", () => {
  test.each([
    ["--reservation", "999999"],
    ["--conversation", "999998"],
  ])("backfill %s %s names it, and does not say that it was deleted", async (option, id) => {
    const { code, told } = await tell(["backfill", option, id], account.env);

    expect(code).toBe(2);
    expect(told).toContain(id);
    expect(told).toContain("Check the id");
    expect(told).not.toMatch(/deleted in Hostaway|others are stored/);
  });

  test("replay --id names it and tries nothing", async () => {
    const { code, told } = await tell(["replay", "--id", "conversation:31"], account.env);

    expect(code).toBe(2);
    expect(told).toContain("conversation:31");
    expect(told).toContain("hostaway-sync failures");
    expect(told).not.toContain("succeeded in");
  });
});

describe("backfill --resume beside a selection", () => {
  async function interrupt(selection: object): Promise<void> {
    const backfill = {
      id: "01AAAAAAAAAAAAAAAAAAAAAAAA",
      selection: JSON.stringify(selection),
      lists_read: false,
      finished_at: null,
    };
    await account.database.db
      .collection<{ _id: string }>("sync_state")
      .updateOne({ _id: account.simulator.accountId }, { $set: { backfill } });
  }

  test("goes on where the interrupted one is the same", async () => {
    await interrupt({ kind: "all" });

    expect(await tell(["backfill", "--all", "--resume"], account.env)).toMatchObject({ code: 0 });
  });

  test("says what to type where it is another", async () => {
    await interrupt({ kind: "activity", from: "2026-01-01", to: null });

    const { code, told } = await tell(["backfill", "--all", "--resume"], account.env);

    expect(code).toBe(2);
    expect(told).toContain("hostaway-sync backfill --from 2026-01-01 --resume");
    expect(told).toContain("hostaway-sync backfill --all\n");
  });
});

describe("files", () => {
  const writing = (file: string) => [
    ["export", "--format", "jsonl", "--output", file],
    ["report", "--html", file],
    ["sync", "--report", file],
  ];

  test.each([0, 1, 2])("a full disk is named (%i)", async (which) => {
    const { code, told } = await tell(writing("/dev/full")[which] ?? [], account.env);

    expect(code).toBe(1);
    expect(told).toContain("/dev/full");
    expect(told).toContain("the disk is full");
  });

  test.each([0, 1, 2])("a folder is no file (%i)", async (which) => {
    const { code, told } = await tell(writing(folder())[which] ?? [], account.env);

    expect(code).toBe(2);
    expect(told).toContain("is a folder");
  });

  test.each([0, 1, 2])("a folder that is not there is named (%i)", async (which) => {
    const { code, told } = await tell(writing("/no/such/folder/x.jsonl")[which] ?? [], account.env);

    expect(code).toBe(2);
    expect(told).toContain("/no/such/folder/x.jsonl");
  });

  test.each([0, 1, 2])(
    "what is beside the file stays as it was, and so does what a link leads to (%i)",
    async (which) => {
      const at = folder();
      const [file, victim] = [join(at, "out.jsonl"), join(at, "victim")];
      writeFileSync(victim, "mine");
      symlinkSync(victim, `${file}.part`);

      const { code } = await tell(writing(file)[which] ?? [], account.env);

      expect(code).toBe(0);
      expect(readFileSync(victim, "utf8")).toBe("mine");
      expect(readdirSync(at).sort()).toEqual(["out.jsonl", "out.jsonl.part", "victim"]);
    },
  );

  test.each([0, 1, 2])("a link stays one, and what it leads to is replaced (%i)", async (which) => {
    const at = folder();
    const [file, real] = [join(at, "latest.jsonl"), join(at, "real.jsonl")];
    writeFileSync(real, "old");
    symlinkSync(real, file);

    expect(await tell(writing(file)[which] ?? [], account.env)).toMatchObject({ code: 0 });
    expect(readFileSync(real, "utf8")).not.toBe("old");
    expect(readdirSync(at).sort()).toEqual(["latest.jsonl", "real.jsonl"]);
  });
});

test("an unknown booking's history is empty and no error", async () => {
  expect((await tell(["history", "--reservation", reservation()], account.env)).code).toBe(0);
});
