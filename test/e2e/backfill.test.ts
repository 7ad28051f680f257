import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { SimulatorOptions } from "../../src/simulator/simulator.ts";
import { expectPerfectCopy, openTestAccount, type TestAccount } from "../support/account.ts";
import { runCli, startCli } from "../support/cli.ts";
import { dataIn, everythingIn, letLeaseRunOut } from "../support/store.ts";

const accounts: TestAccount[] = [];
afterEach(async () => {
  for (const opened of accounts.splice(0)) await opened[Symbol.asyncDispose]();
});

async function open(options: SimulatorOptions = {}): Promise<TestAccount> {
  const account = await openTestAccount({ seed: 95, conversations: 30, tokenGraceMs: 0, ...options });
  accounts.push(account);
  return account;
}

/** What a nightly run goes by; the backfill's own note aside. */
const watermarks = (account: TestAccount) =>
  account.database.db
    .collection("sync_state")
    .find({}, { projection: { backfill: 0, fence: 0 } })
    .toArray();

async function backfill(account: TestAccount, ...args: string[]) {
  const { code, stdout, stderr } = await runCli(["backfill", "--json", ...args], account.env);
  return { code, stderr, report: JSON.parse(stdout || "null") };
}

/** Edits the text of a conversation's newest message: nothing in the list shows it. */
function editSilently({ simulator }: TestAccount, conversation_id: string): string {
  const message = [...simulator.oracle.messages()]
    .filter((one) => one.conversation_id === conversation_id)
    .at(-1);
  simulator.world.editMessage(Number(conversation_id), Number(message?.message_id), "silently edited");
  return message?.message_id ?? "";
}

const contentOf = async ({ database }: TestAccount, message_id: string) =>
  (await database.db.collection("messages").findOne({ message_id }))?.["content"];

describe("backfill --all", () => {
  test("P1, P7: copies everything, writes nothing the second time, and never moves the nightly watermark", async () => {
    const account = await open();

    const first = await backfill(account, "--all");

    expect(first).toMatchObject({ code: 0, report: { mode: "backfill", status: "succeeded" } });
    await expectPerfectCopy(account);
    expect(await watermarks(account)).toMatchObject([
      { reservations_watermark: null, listings_watermark: null },
    ]);

    await runCli(["sync"], account.env);
    const [before, marks] = [await dataIn(account.database.db), await watermarks(account)];
    const second = await backfill(account, "--all");

    expect(second.report.items).toMatchObject({
      conversations: { swept: 30, updated: 0 },
      messages: { inserted: 0, updated: 0 },
    });
    expect(await dataIn(account.database.db)).toEqual(before);
    expect(await watermarks(account)).toEqual(marks);
  });

  test("brings what nothing shows: edits and deletions", async () => {
    const account = await open();
    await runCli(["sync"], account.env);
    const [conversation] = [...account.simulator.oracle.conversations()];
    const id = editSilently(account, conversation?.conversation_id ?? "");
    await runCli(["sync"], { ...account.env, SYNC_SWEEP_DAYS: "3650" });
    expect(await contentOf(account, id)).not.toBe("silently edited");

    await backfill(account, "--all");

    expect(await contentOf(account, id)).toBe("silently edited");
    await expectPerfectCopy(account);
  });

  test("--dry-run writes nothing at all, and says what would change", async () => {
    const account = await open();
    await runCli(["sync"], account.env);
    const [conversation] = [...account.simulator.oracle.conversations()];
    editSilently(account, conversation?.conversation_id ?? "");
    const before = await everythingIn(account.database.db);

    const { code, report } = await backfill(account, "--all", "--dry-run");

    expect({ code, report }).toMatchObject({
      code: 0,
      report: { dry_run: true, items: { messages: { updated: 1 } } },
    });
    expect(await everythingIn(account.database.db)).toEqual(before);
  });
});

describe("a part of the past", () => {
  test("--from and --to read what was active then, both days included, and nothing else", async () => {
    const account = await open({ conversations: 60 });
    await runCli(["sync"], account.env);
    const all = [...account.simulator.oracle.conversations()];
    const newest = all.map(({ last_message_at }) => last_message_at?.toISOString().slice(0, 10) ?? "").sort();
    const from = newest[40] ?? "";
    const to = newest[45] ?? "";
    const asked: string[] = [];
    account.simulator.onRequest(({ endpoint, path }) => {
      if (endpoint === "messages") asked.push(path.split("/")[2] ?? "");
    });

    const { code } = await backfill(account, "--from", from, "--to", to);

    expect(code).toBe(0);
    const active = [...account.simulator.oracle.messages()].filter(({ timestamp, delivery_status }) => {
      const day = timestamp.toISOString().slice(0, 10);
      return delivery_status === "sent" && day >= from && day <= to;
    });
    const needed = new Set(active.map(({ conversation_id }) => conversation_id));
    expect(needed.size).toBeGreaterThan(0);
    expect([...needed].filter((id) => !asked.includes(id))).toEqual([]);
    expect(asked.length).toBeLessThan(all.length);
  });

  test("--conversation and --reservation read those; what is not there is named, and the others are done", async () => {
    const account = await open();
    await runCli(["sync"], account.env);
    const [first, second, third] = [...account.simulator.oracle.conversations()];
    const edited = [first, second].map((one) => editSilently(account, one?.conversation_id ?? ""));
    const untouched = editSilently(account, third?.conversation_id ?? "");

    const { code, report } = await backfill(
      account,
      ...["--conversation", first?.conversation_id ?? "", "999999999"],
      ...["--reservation", second?.reservation?.id ?? "", "888888888"],
    );

    expect(code).toBe(3);
    expect(report.failures).toEqual([
      expect.objectContaining({ item_type: "conversation", item_id: "999999999", error_type: "not_found" }),
      expect.objectContaining({ item_type: "reservation", item_id: "888888888", error_type: "not_found" }),
    ]);
    for (const id of edited) expect(await contentOf(account, id)).toBe("silently edited");
    expect(await contentOf(account, untouched)).not.toBe("silently edited");
    expect(await account.database.db.collection("sync_failures").countDocuments()).toBe(0);
  });

  test("of which nothing is there is wrong usage", async () => {
    const account = await open();

    expect(await backfill(account, "--conversation", "999999999")).toMatchObject({
      code: 2,
      report: { failures: [{ error_type: "not_found" }] },
    });
  });

  test("of a reservation that is not stored yet brings it with its conversation", async () => {
    const account = await open();
    const [reservation] = [...account.simulator.oracle.reservations()];

    const { code } = await backfill(account, "--reservation", reservation?.reservation_id ?? "");

    expect(code).toBe(0);
    const stored = account.database.db.collection("reservations");
    expect(await stored.findOne({ reservation_id: reservation?.reservation_id })).not.toBeNull();
  });

  test.each([
    [[], "--all"],
    [["--all", "--resume"], "nothing to resume"],
    [["--from", "2026-02-30"], "--from 2026-02-30"],
    [["--from", "yesterday"], "--from yesterday"],
    [["--from", "2026-02-02", "--to", "2026-02-01"], "lies after"],
    [["--conversation", "abc"], "digits only"],
    [["--reservation", "0"], "digits only"],
    [["--resume"], "nothing to resume"],
  ])("%j is wrong usage: one clear line and exit code 2", async (args, word) => {
    const account = await open({ conversations: 1 });

    const { code, stderr } = await backfill(account, ...args);

    expect(code).toBe(2);
    expect(stderr).toContain(word);
    expect(stderr).not.toContain("    at ");
  });
});

describe("P4: interrupted", () => {
  test("three times by kill -9 and resumed, it ends with a perfect copy, and repeats what was in flight at most", async () => {
    const account = await open({ conversations: 24, messagesPerConversation: { min: 100, max: 1_100 } });
    const { simulator, database } = account;
    const concurrency = 2;
    const env = { ...account.env, HOSTAWAY_CONCURRENCY: String(concurrency) };
    const pages = new Map<string, number>();
    simulator.onRequest(({ endpoint, path }) => {
      if (endpoint === "messages") pages.set(path, (pages.get(path) ?? 0) + 1);
    });

    for (const killAt of [6, 8, 9]) {
      const args = pages.size === 0 ? ["--all"] : ["--resume"];
      const { child, finished } = startCli(["backfill", ...args], env);
      let seen = 0;
      const unlisten = simulator.onRequest(({ endpoint }) => {
        if (endpoint === "messages") seen += 1;
        if (seen === killAt) child.kill("SIGKILL");
      });
      await finished;
      unlisten();
      expect(child.signalCode).toBe("SIGKILL");
      await letLeaseRunOut(database.db, simulator.accountId);
    }
    const last = await runCli(["backfill", "--resume", "--json"], env);

    expect(last.code).toBe(0);
    await expectPerfectCopy(account);
    // Four for each reader are under way: one is read, the others are being written.
    const repeated = [...pages.values()].reduce((sum, times) => sum + times - 1, 0);
    expect(repeated).toBeLessThanOrEqual(3 * 4 * concurrency);
    expect(Math.max(...pages.values())).toBeLessThanOrEqual(1 + 3);
    expect(JSON.parse(last.stdout).api.by_endpoint).not.toHaveProperty("listings");
    expect(await backfill(account, "--resume")).toMatchObject({ code: 2 });
  });

  test("by Ctrl-C, it says how to go on", async () => {
    const account = await open();
    account.simulator.faults.set([{ match: { endpoint: "messages", nth: 5 }, fault: "hang" }]);
    const { child, finished } = startCli(["backfill", "--all", "--json"], account.env);
    let seen = 0;
    account.simulator.onRequest(({ endpoint }) => {
      if (endpoint === "messages") seen += 1;
      if (seen === 5) child.kill("SIGINT");
    });
    const { code, stdout } = await finished;

    expect(code).toBe(1);
    expect(JSON.parse(stdout).failures[0]).toMatchObject({ error_type: "interrupted" });
    account.simulator.faults.clear();
    expect(await backfill(account, "--resume")).toMatchObject({ code: 0 });
    await expectPerfectCopy(account);
  });
});

describe("P8, P12: beside a nightly run", () => {
  test("it gives way, waits, and goes on; the limit is kept by both together", async () => {
    const account = await open({ conversations: 60, rateLimit: { limit: 20, windowMs: 1_000, perIp: 20 } });
    const { simulator } = account;
    const env = { ...account.env, HOSTAWAY_RATE_LIMIT: "20/1s", HOSTAWAY_CONCURRENCY: "1" };
    await runCli(["sync"], env);
    // Slow enough to be at work when its next heartbeat tells it that it is asked to make way.
    simulator.faults.set([{ match: { endpoint: "messages" }, fault: { type: "delay", ms: 700 } }]);
    const filling = startCli(["backfill", "--all"], env);
    await filling.saying('"run started"');
    simulator.resetStats();
    const [conversation] = [...simulator.oracle.conversations()];
    simulator.world.guestWrites(Number(conversation?.conversation_id), { text: "Is there parking?" });

    const nightly = await runCli(["sync", "--json"], env);
    const stillFilling = filling.child.exitCode === null;
    simulator.faults.clear();
    const filled = await filling.finished;

    expect(nightly.code).toBe(0);
    expect(JSON.parse(nightly.stdout)).toMatchObject({
      status: "succeeded",
      items: { messages: { inserted: 1 } },
    });
    expect(stillFilling).toBe(true);
    expect(filled.code).toBe(0);
    expect(filled.stdout).toContain('"preempted"');
    await expectPerfectCopy(account);
    expect(simulator.stats().rateLimited).toBe(0);
  });

  test("it waits for a run that is at work already", async () => {
    const account = await open();
    const { database, simulator } = account;
    await runCli(["sync"], account.env);
    const leases = database.db.collection("sync_leases");
    await leases.updateMany(
      {},
      { $set: { released_at: null, expires_at: new Date(Date.now() + 3_600_000) } },
    );

    const filling = startCli(["backfill", "--all"], account.env);
    await filling.saying("waiting for another run");
    await letLeaseRunOut(database.db, simulator.accountId);

    expect((await filling.finished).code).toBe(0);
  });
});

test("scripts/backfill.ts is the same thing", () => {
  const help = execFileSync(process.execPath, ["--import", "tsx", "scripts/backfill.ts", "--help"], {
    encoding: "utf8",
  });

  expect(help).toContain("hostaway-sync backfill [options]");
});
