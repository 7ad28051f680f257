import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openTestAccount, type TestAccount } from "../support/account.ts";
import { runCli } from "../support/cli.ts";

let account: TestAccount;

beforeAll(async () => {
  account = await openTestAccount({ seed: 45, conversations: 40, tokenGraceMs: 0 });
  await runCli(["sync"], account.env);
});
afterAll(async () => {
  await account[Symbol.asyncDispose]();
});

const linesOf = (stdout: string): { message_id: string; content: string }[] =>
  stdout
    .split("\n")
    .filter((line) => line.startsWith('{"message_id"'))
    .map((line) => JSON.parse(line));
const idsOf = (stdout: string) => linesOf(stdout).map(({ message_id }) => message_id);

/** What was said about the booking with most messages, in order. */
function liveliest() {
  const [conversation] = [...account.simulator.oracle.conversations()].sort(
    (a, b) => b.message_counts.total - a.message_counts.total,
  );
  const reservation = conversation?.reservation?.id ?? "";
  const messages = [...account.simulator.oracle.messages()]
    .filter((message) => message.reservation?.id === reservation)
    .sort(
      (a, b) => a.timestamp.getTime() - b.timestamp.getTime() || Number(a.message_id) - Number(b.message_id),
    );
  return { reservation, ids: messages.map(({ message_id }) => message_id) };
}

describe("history", () => {
  test("is a booking's whole timeline, in order, page by page", async () => {
    const { reservation, ids } = liveliest();
    const whole = await runCli(
      ["history", "--reservation", reservation, "--limit", "1000", "--json"],
      account.env,
    );
    const first = await runCli(["history", "--reservation", reservation, "--limit", "5"], account.env);
    const [, after = ""] = /"message":"more messages found".*"after":"([^"]+)"/.exec(first.stderr) ?? [];
    const second = await runCli(
      ["history", "--reservation", reservation, "--limit", "5", "--after", after],
      account.env,
    );

    expect(whole).toMatchObject({ code: 0, stderr: "" });
    expect(idsOf(whole.stdout)).toEqual(ids);
    expect([...idsOf(first.stdout), ...idsOf(second.stdout)]).toEqual(ids.slice(0, 10));
  });

  test("of a booking that is not known is empty, and no error", async () => {
    expect(await runCli(["history", "--reservation", "999", "--json"], account.env)).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});

describe("search", () => {
  test("finds by part of a name, words, days, channel and who wrote; counts; the newest first", async () => {
    const guest = [...account.simulator.oracle.conversations()].find(({ guest: { name } }) =>
      name?.includes(" "),
    );
    const part = guest?.guest.name?.split(" ").at(-1)?.slice(0, 4) ?? "";
    const found = await runCli(["search", "--guest", part, "--limit", "1000", "--json"], account.env);
    const all = [...account.simulator.oracle.messages()];
    const theirs = all.filter(({ conversation_id }) => conversation_id === guest?.conversation_id);

    expect(idsOf(found.stdout)).toEqual(expect.arrayContaining(theirs.map(({ message_id }) => message_id)));

    const days = all.map(({ timestamp }) => timestamp.toISOString().slice(0, 10)).sort();
    const day = days[Math.floor(days.length / 2)] ?? "";
    const args = ["--from", day, "--to", day, "--sender", "guest", "--direction", "incoming"];
    const counted = await runCli(["search", ...args, "--count"], account.env);
    const meant = all.filter(
      ({ timestamp, sender }) => timestamp.toISOString().startsWith(day) && sender.type === "guest",
    );
    expect(counted.stdout).toBe(`${meant.length}\n`);

    const newest = await runCli(["search", "--newest", "--limit", "1", "--json"], account.env);
    const last = all.toSorted((a, b) => b.timestamp.getTime() - a.timestamp.getTime())[0];
    expect(idsOf(newest.stdout)).toEqual([last?.message_id]);
  });

  test.each([
    [["search", "--guest", "…"], "--guest: expected letters or digits"],
    [["search", "--guest", "x".repeat(10_000)], "--guest: expected at most 200"],
    [["search", "--reservation", "$ne"], "--reservation: expected a Hostaway id (digits only)"],
    [["search", "--from", "2026-13-01"], "argument '2026-13-01' is invalid. Expected a day such as"],
    [["search", "--to", "9999-12-31"], "argument '9999-12-31' is invalid. Expected a time from 1970 to 2199"],
    [["search", "--channel", "pigeon"], "Allowed choices"],
    [["search", "--limit", "1001"], "1 to 1000"],
    [["search", "--after", "nonsense"], "--after: not a valid page token; copy it from the previous output"],
    [["history"], "--reservation"],
  ])("%j is wrong usage: one clear line that names the field, and exit code 2", async (args, words) => {
    const { code, stdout, stderr } = await runCli(args, account.env);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("    at ");
  });
});
