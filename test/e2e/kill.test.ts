import { describe, expect, test } from "@jest/globals";
import pLimit from "p-limit";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { expectPerfectCopy, openTestAccount, type TestAccount } from "../support/account.ts";
import { runCli, startCli } from "../support/cli.ts";
import { syncOnce } from "../support/run.ts";
import { letLeaseRunOut } from "../support/store.ts";
import { until } from "../support/until.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const CONVERSATIONS = 50;
/** Of all conversations, one is read although it shows no change: too few to mend what a kill did. */
const ALMOST_NO_SWEEP = { SYNC_SWEEP_DAYS: "3650" };
const SWEPT = 1;

/** Each point starts three processes, and there may be only two processors. */
const atATime = pLimit(3);
/** A test waits for its turn as well. */
const WITH_ITS_TURN_MS = 600_000;

const openAccount = (seed: number) =>
  openTestAccount({
    seed,
    conversations: CONVERSATIONS,
    messagesPerConversation: { min: 0, max: 8 },
    tokenGraceMs: 0,
  });

/** Resolves when it is time to kill; it calls `kill` itself where that would be too late. */
type Moment = (account: TestAccount, kill: () => void) => Promise<void>;

/** Just when the n-th request of its kind in this run has arrived, and before it is answered. */
function atRequest(endpoint: string, nth: number): Moment {
  return ({ simulator }, kill) =>
    new Promise((done) => {
      let seen = 0;
      const stopListening = simulator.onRequest((request) => {
        if (request.endpoint === endpoint) seen += 1;
        if (request.endpoint !== endpoint || seen !== nth) return;
        kill();
        stopListening();
        done();
      });
    });
}

/** As soon as that many documents are found, whatever the process is doing just then. */
function whenStored(collection: string, least: number, filter: Record<string, unknown> = {}): Moment {
  return ({ database: { db } }) =>
    until(async () => (await db.collection(collection).countDocuments(filter, { limit: least })) === least);
}

const READ = { fingerprint: { $ne: null } };

/** Kills a run at its moment. The last page of messages does not come, so that it cannot end before. */
async function killSync(
  account: TestAccount,
  { moment, lastPage, env = {} }: { moment: Moment; lastPage: number; env?: Record<string, string> },
): Promise<void> {
  const { simulator } = account;
  simulator.faults.set([{ match: { endpoint: "messages", nth: lastPage }, fault: "hang" }]);
  const patient = { ...ALMOST_NO_SWEEP, HOSTAWAY_TIMEOUT: "10m" };
  const { child, finished } = startCli(["sync", "--json"], { ...account.env, ...patient, ...env });
  const kill = () => child.kill("SIGKILL");
  const ended = finished.then(({ stderr }) => Promise.reject(new Error(`ended by itself: ${stderr}`)));
  await Promise.race([moment(account, kill), ended]).finally(kill);
  await finished;
  expect(child.signalCode).toBe("SIGKILL");
  simulator.faults.clear();
}

/** The dead process still has the lease; what happens next is what time does, and the next run. */
async function recover(account: TestAccount, env: Record<string, string> = ALMOST_NO_SWEEP): Promise<void> {
  const { simulator, database } = account;
  const { accessTokens } = simulator.stats().byEndpoint;
  expect(await runCli(["sync"], account.env)).toMatchObject({ code: 75 });
  expect(simulator.stats().byEndpoint["accessTokens"]).toBe(accessTokens);

  await letLeaseRunOut(database.db, simulator.accountId);
  simulator.resetStats();
  const { code, stdout } = await runCli(["sync", "--json"], { ...account.env, ...env });

  expect({ code, report: JSON.parse(stdout) }).toMatchObject({ code: 0, report: { status: "succeeded" } });
  await expectPerfectCopy(account);
}

describe("P4: kill -9 at any moment of the first load loses nothing and needs no hand", () => {
  const POINTS: readonly (readonly [string, Moment])[] = [
    ["when it has the lease, and nothing else", whenStored("sync_leases", 1)],
    ["at the token", atRequest("accessTokens", 1)],
    ["when the first listing is stored", whenStored("listings", 1)],
    ["at the conversations", atRequest("conversations", 1)],
    ["when the first books are open", whenStored("sync_conversations", 1)],
    ["at the first page of messages", atRequest("messages", 1)],
    ["when the first message is stored", whenStored("messages", 1)],
    ["at the 20th page of messages", atRequest("messages", 20)],
    ["when half of the conversations are stored", whenStored("conversations", 25)],
    ["when a third of them are committed", whenStored("sync_conversations", 17, READ)],
    ["when all but the last are committed", whenStored("sync_conversations", CONVERSATIONS - 1, READ)],
    ["at the last page of messages", atRequest("messages", CONVERSATIONS)],
  ];

  test.concurrent.each(POINTS)(
    "P4: killed %s",
    async (_, moment) => {
      await atATime(async () => {
        await using account = await openAccount(51);
        await killSync(account, { moment, lastPage: CONVERSATIONS });
        const committed = await account.database.db.collection("sync_conversations").countDocuments(READ);

        await recover(account);

        // What is committed is not read again.
        const { messages = 0 } = account.simulator.stats().byEndpoint;
        expect(messages).toBeLessThanOrEqual(CONVERSATIONS - committed + SWEPT);
      });
    },
    WITH_ITS_TURN_MS,
  );
});

describe("P4: kill -9 at any moment of a later run loses nothing and needs no hand", () => {
  const NEW_NAME = "Casa Nueva";
  const CHANGED = 33;
  const renamed = { "property.name": NEW_NAME };
  const POINTS: readonly (readonly [string, Moment])[] = [
    ["at the listings", atRequest("listings", 1)],
    ["at the conversations", atRequest("conversations", 1)],
    ["when the first message has its property's new name", whenStored("messages", 1, renamed)],
    ["at the 15th page of messages", atRequest("messages", 15)],
    [
      "when half of the changed conversations are committed",
      whenStored("sync_conversations", 16, { ...READ, fence: 2 }),
    ],
  ];

  /** Enough for every kind of work of a run; all of it shows in the lists. */
  function change({ oracle, world }: Simulator): void {
    const ids = [...oracle.conversations()].map(({ conversation_id }) => Number(conversation_id));
    for (const id of ids.slice(0, 20)) world.guestWrites(id, { text: "Is there parking?" });
    for (const id of ids.slice(20, 30)) world.hostReplies(id, { text: "<p>There is.</p>", html: true });
    for (let added = 0; added < 3; added += 1) world.addConversation();
    const bookings = [...oracle.reservations()].map(({ reservation_id }) => Number(reservation_id));
    for (const id of bookings.slice(25, 40)) world.changeReservation(id, { guestName: "Ada Lovelace" });
    const [listing] = oracle.listings();
    world.renameListing(Number(listing?.listing_id), NEW_NAME, NEW_NAME);
  }

  async function openCopiedAccount(): Promise<TestAccount> {
    const account = await openAccount(52);
    await ensureSchema(account.database.db);
    expect(await syncOnce(account.simulator, account.database)).toMatchObject({ status: "succeeded" });
    return account;
  }

  test.concurrent.each(POINTS)(
    "P4: killed %s",
    async (_, moment) => {
      await atATime(async () => {
        await using account = await openCopiedAccount();
        change(account.simulator);
        await killSync(account, { moment, lastPage: CHANGED });

        await recover(account);
      });
    },
    WITH_ITS_TURN_MS,
  );

  test.concurrent("P4: killed in the middle of a sweep, after two days of everything", async () => {
    await atATime(async () => {
      await using account = await openCopiedAccount();
      // Whatever a run can find in two days; no conversation is deleted, which would take two scans to believe.
      account.simulator.advance(2 * DAY_MS);
      const sweep = { SYNC_SWEEP_DAYS: "1" };
      await killSync(account, { moment: atRequest("messages", 30), lastPage: CONVERSATIONS, env: sweep });

      await recover(account, sweep);
    });
  });
});

describe("P4: kill -9 between two pages of a list loses nothing", () => {
  /** With more than what a page holds of both. */
  const open = () =>
    openTestAccount({ seed: 56, conversations: 10, calendarBookings: 600, listings: 120, tokenGraceMs: 0 });

  test.concurrent.each(["listings", "reservations"])(
    "P4: killed at the second page of %s",
    async (list) => {
      await atATime(async () => {
        await using account = await open();
        await killSync(account, { moment: atRequest(list, 2), lastPage: 10 });

        await recover(account);
      });
    },
    WITH_ITS_TURN_MS,
  );
});

test("P4: a run that is killed while it prepares the collections leaves nothing in the way", async () => {
  await using account = await openAccount(53);
  const { db } = account.database;
  const running = startCli(["sync"], account.env);
  await until(async () => (await db.listCollections().toArray()).length >= 3);
  running.child.kill("SIGKILL");
  await running.finished;

  expect(await runCli(["sync"], account.env)).toMatchObject({ code: 0 });
  await expectPerfectCopy(account);
});

test("P4: at most what was under way is read again", async () => {
  const CONCURRENCY = 2;
  const KILLED_AT = 40;
  // As many are transformed and written as are read, four times over; each of them is one page.
  const UNDER_WAY = 4 * CONCURRENCY;
  await using account = await openAccount(54);
  const env = { HOSTAWAY_CONCURRENCY: String(CONCURRENCY) };
  await killSync(account, { moment: atRequest("messages", KILLED_AT), lastPage: CONVERSATIONS, env });

  await recover(account);

  const { messages = 0 } = account.simulator.stats().byEndpoint;
  expect(messages).toBeLessThanOrEqual(CONVERSATIONS - (KILLED_AT - UNDER_WAY) + SWEPT);
});

describe("P4: a thread of several pages that breaks off goes on from the page that was missing", () => {
  const PAGE = { pageSizes: { listings: 100, others: 5 } };
  const MESSAGES = 23;
  /** Neighbouring pages share a message, by which they are seen to fit together. */
  const OFFSETS = [0, 4, 8, 12, 16, 20];
  const FOURTH = 12;

  const openThread = () =>
    openTestAccount({
      seed: 55,
      conversations: 1,
      messagesPerConversation: { min: MESSAGES, max: MESSAGES },
      tokenGraceMs: 0,
    });

  /** Where the pages of messages that were asked for begin. */
  function offsetsAsked({ simulator }: TestAccount): number[] {
    const offsets: number[] = [];
    simulator.onRequest(({ endpoint, path }) => {
      if (endpoint === "messages")
        offsets.push(Number(new URL(path, simulator.url).searchParams.get("offset")));
    });
    return offsets;
  }

  const failFourthPage = ({ simulator }: TestAccount) =>
    simulator.faults.set([
      { match: { path: `offset=${FOURTH}\\b` }, fault: { type: "status", status: 500 } },
    ]);

  test("P4: because Hostaway failed at that page", async () => {
    await using account = await openThread();
    const { simulator, database } = account;
    failFourthPage(account);
    expect(await syncOnce(simulator, database, PAGE)).toMatchObject({ status: "partial" });
    simulator.faults.clear();
    const offsets = offsetsAsked(account);

    expect(await syncOnce(simulator, database, PAGE)).toMatchObject({ status: "succeeded" });

    expect(offsets).toEqual(OFFSETS.filter((offset) => offset >= FOURTH));
    await expectPerfectCopy(account);
  });

  test("P4: because the run was stopped there", async () => {
    await using account = await openThread();
    const { simulator, database } = account;
    const stop = new AbortController();
    const stopListening = simulator.onRequest(({ path }) => {
      if (path.includes(`offset=${FOURTH}`)) stop.abort();
    });
    const stopped = await syncOnce(simulator, database, { ...PAGE, signal: stop.signal });
    expect(stopped).toMatchObject({ status: "failed", failures: [{ error_type: "interrupted" }] });
    stopListening();
    const offsets = offsetsAsked(account);

    expect(await syncOnce(simulator, database, PAGE)).toMatchObject({ status: "succeeded" });

    expect(offsets).toEqual(OFFSETS.filter((offset) => offset >= FOURTH));
    await expectPerfectCopy(account);
  });

  const inBetween: readonly (readonly [
    string,
    (world: Simulator["world"], id: number, messageId: number) => void,
  ])[] = [
    ["a guest wrote", (world, id) => world.guestWrites(id, { text: "Is there parking?" })],
    ["a message vanished", (world, id, messageId) => world.deleteMessage(id, messageId)],
  ];

  test.each(inBetween)("P4: or from the top when %s in between", async (_, happens) => {
    await using account = await openThread();
    const { simulator, database } = account;
    failFourthPage(account);
    await syncOnce(simulator, database, PAGE);
    simulator.faults.clear();
    const [conversation] = simulator.oracle.conversations();
    const id = Number(conversation?.conversation_id);
    const [, second] = simulator.oracle.messagesOf(id);
    happens(simulator.world, id, Number(second?.message_id));
    const offsets = offsetsAsked(account);

    await syncOnce(simulator, database, PAGE);

    expect(offsets).toContain(0);
    await expectPerfectCopy(account);
  });
});
