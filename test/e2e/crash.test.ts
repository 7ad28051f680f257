import { expect, test } from "@jest/globals";
import { expectPerfectCopy, openTestAccount, type TestAccount } from "../support/account.ts";
import { runCli, startCli } from "../support/cli.ts";
import { letLeaseRunOut } from "../support/store.ts";

const openAccount = () =>
  openTestAccount({
    seed: 77,
    conversations: 20,
    messagesPerConversation: { min: 1, max: 6 },
    tokenGraceMs: 0,
  });

/** A real process that dies, by the kernel's hand, whenever it asks for this. */
async function syncDying(account: TestAccount, deadlyPath: string): Promise<"died" | number | null> {
  const { simulator, env } = account;
  const running = startCli(["sync", "--json"], env);
  const stopListening = simulator.onRequest(({ path }) => {
    if (path.startsWith(deadlyPath)) running.child.kill("SIGKILL");
  });
  const { code } = await running.finished;
  stopListening();
  const died = running.child.signalCode === "SIGKILL";
  if (died) await letLeaseRunOut(account.database.db, simulator.accountId);
  return died ? "died" : code;
}

test("P5: a conversation that ends the process twice is a dead letter at the third run, and all others are stored", async () => {
  await using account = await openAccount();
  const { database, simulator, env } = account;
  const deadly = [...simulator.oracle.conversations()][7]?.conversation_id ?? "";
  const others = [...simulator.oracle.messages()].filter(
    ({ conversation_id }) => conversation_id !== deadly,
  ).length;

  const path = `/conversations/${deadly}/messages`;
  expect(await syncDying(account, path)).toBe("died");
  expect(await syncDying(account, path)).toBe("died");
  expect(await syncDying(account, path)).toBe(3);
  expect(await database.db.collection("messages").countDocuments()).toBe(others);
  expect(await database.db.collection("sync_failures").find().toArray()).toMatchObject([
    {
      _id: `conversation:${deadly}`,
      message: expect.stringContaining("2 times in a row"),
      resolved_at: null,
    },
  ]);
  expect(await syncDying(account, path)).toBe(3);

  // What made it deadly is mended, and somebody asks for it.
  const replayed = await runCli(["replay", "--id", `conversation:${deadly}`, "--json"], env);
  expect(replayed).toMatchObject({ code: 0 });
  expect((await runCli(["sync", "--json"], env)).code).toBe(0);
  await expectPerfectCopy(account);
});

test("P4: whoever was only beside it when the process died is read, alone, and not blamed", async () => {
  await using account = await openAccount();
  const { database, simulator, env } = account;
  const first = [...simulator.oracle.conversations()][0]?.conversation_id ?? "";
  const suspects = () =>
    database.db.collection("sync_conversations").countDocuments({ crashes: { $ne: null } });

  expect(await syncDying(account, `/conversations/${first}/messages`)).toBe("died");
  expect(await syncDying(account, "/conversations?")).toBe("died");
  expect(await suspects()).toBeGreaterThan(1);

  expect((await runCli(["sync", "--json"], env)).code).toBe(0);
  expect(await suspects()).toBe(0);
  await expectPerfectCopy(account);
});
