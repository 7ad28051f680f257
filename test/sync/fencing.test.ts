import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Db } from "mongodb";
import { type Clock, systemClock } from "../../src/clock.ts";
import { LEASE_LIFETIME_MS } from "../../src/store/lease.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { expectPerfectCopy, openTestAccount, type TestAccount } from "../support/account.ts";
import { type DbCall, type Hold, heldUp } from "../support/faulty-db.ts";
import { type RunOptions, syncOnce } from "../support/run.ts";
import { everythingIn, letLeaseRunOut } from "../support/store.ts";
import { until } from "../support/until.ts";

let account: TestAccount;
let db: Db;

beforeEach(async () => {
  account = await openTestAccount({ seed: 91, conversations: 20, tokenGraceMs: 0 });
  db = account.database.db;
  await ensureSchema(db);
});
afterEach(async () => {
  await account[Symbol.asyncDispose]();
});

const LOST = {
  status: "failed",
  failures: [
    { item_type: "run", error_type: "interrupted", message: expect.stringContaining("the lease was lost") },
  ],
};

/** What there is, run reports aside: a run may tell how it went, also when it lost. */
const everything = () => everythingIn(db, ["sync_runs"]);

/** Every guest writes and has a new name, what was said last is said in other words, every listing is renamed. */
function changeEverything(word: string): void {
  const { simulator } = account;
  const { world, oracle } = simulator;
  simulator.advance(60_000);
  for (const { conversation_id, reservation } of [...oracle.conversations()]) {
    const id = Number(conversation_id);
    const [newest] = oracle.messagesOf(id);
    if (newest) world.editMessage(id, Number(newest.message_id), `${word}, as I said`);
    world.guestWrites(id, { text: word });
    if (reservation) world.changeReservation(Number(reservation.id), { guestName: `Ada ${word}` });
  }
  for (const { listing_id } of [...oracle.listings()]) {
    world.renameListing(Number(listing_id), `Casa ${word}`, `Casa ${word}`);
  }
}

/** What the guests wrote last is gone. */
function deleteTheNewest(): void {
  const { world, oracle } = account.simulator;
  for (const { conversation_id } of [...oracle.conversations()]) {
    const ids = oracle.messagesOf(conversation_id).map(({ message_id }) => Number(message_id));
    world.deleteMessage(Number(conversation_id), Math.max(...ids));
  }
}

/**
 * A run that is held up at one call, while its lease runs out, another run takes over and does all the work.
 * It reads few conversations at a time, so that it would have more to do afterwards.
 */
async function runOvertaken(hold: Omit<Hold, "meanwhile">, happens: () => void, options: RunOptions = {}) {
  const { simulator } = account;
  let left: Awaited<ReturnType<typeof everything>> = {};
  const meanwhile = async () => {
    await letLeaseRunOut(db, simulator.accountId);
    happens();
    expect(await syncOnce(simulator, { db })).toMatchObject({ status: "succeeded" });
    left = await everything();
  };
  const held = heldUp(db, { ...hold, meanwhile });
  const report = await syncOnce(simulator, { db: held }, { concurrency: 2, ...options });
  return { report, left };
}

const call = (collection: string, method: string, what = "") => {
  return (seen: DbCall) =>
    seen.collection === collection && seen.method === method && JSON.stringify(seen.args).includes(what);
};

describe("P12: a run that lost its lease writes nothing after the one that took over", () => {
  const CALLS = [
    ["writing listings", call("listings", "bulkWrite")],
    ["writing that the listings are read", call("sync_state", "updateOne")],
    ["writing reservations", call("reservations", "bulkWrite")],
    ["writing that it begins to read a conversation", call("sync_conversations", "bulkWrite")],
    ["looking for messages it has", call("messages", "find")],
    ["writing messages", call("messages", "bulkWrite")],
    ["looking for conversations it has", call("conversations", "find")],
    ["writing conversations", call("conversations", "bulkWrite")],
    ["writing that a conversation is read", call("sync_conversations", "bulkWrite", '"fingerprint":"')],
  ] as const;

  test.each(CALLS)("P12: not even older content, if it was overtaken while %s", async (_, isIt) => {
    await syncOnce(account.simulator, { db });
    changeEverything("earlier");

    const { report, left } = await runOvertaken({ isIt }, () => changeEverything("later"));

    expect(report).toMatchObject(LOST);
    expect(await everything()).toEqual(left);
    await expectPerfectCopy(account);
  });

  const FIRST_CALLS = [
    ["writing listings", call("listings", "bulkWrite")],
    ["writing that the listings are read", call("sync_state", "insertOne")],
    ["opening the books of conversations", call("sync_conversations", "bulkWrite")],
    ["writing messages", call("messages", "bulkWrite")],
    ["writing conversations", call("conversations", "bulkWrite")],
    ["writing that a conversation is read", call("sync_conversations", "bulkWrite", '"fingerprint":"')],
  ] as const;

  test.each(FIRST_CALLS)("P12: also in the first load, if it was overtaken while %s", async (_, isIt) => {
    const { report, left } = await runOvertaken({ isIt }, () => changeEverything("later"));

    expect(report).toMatchObject(LOST);
    expect(await everything()).toEqual(left);
    await expectPerfectCopy(account);
  });

  test("P12: nor while the one that took over is still at work", async () => {
    const { simulator } = account;
    await syncOnce(simulator, { db });
    changeEverything("earlier");
    const others: Promise<unknown>[] = [];
    const meanwhile = async () => {
      await letLeaseRunOut(db, simulator.accountId);
      changeEverything("later");
      let atWork = false;
      simulator.onRequest(({ endpoint }) => {
        atWork ||= endpoint === "messages";
      });
      others.push(syncOnce(simulator, { db }));
      await until(() => atWork);
    };

    const held = heldUp(db, { isIt: call("messages", "bulkWrite"), meanwhile });
    const report = await syncOnce(simulator, { db: held }, { concurrency: 2 });

    expect(report).toMatchObject(LOST);
    expect(await Promise.all(others)).toMatchObject([{ status: "succeeded" }]);
    await expectPerfectCopy(account);
  });

  test("P12: nor if it slept for longer than its lease while the database said that it has it", async () => {
    await syncOnce(account.simulator, { db });
    changeEverything("earlier");
    let slept = 0;
    const runClock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + slept };
    let looked = false;
    const isIt = (seen: DbCall) => {
      looked ||= call("messages", "find")(seen);
      return looked && call("sync_leases", "findOne")(seen);
    };

    const { report, left } = await runOvertaken(
      { isIt, answered: true },
      () => {
        slept = LEASE_LIFETIME_MS;
        deleteTheNewest();
      },
      { runClock },
    );

    expect(report).toMatchObject(LOST);
    expect(await everything()).toEqual(left);
    await expectPerfectCopy(account);
  });
});
