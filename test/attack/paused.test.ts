import { describe, expect, test } from "@jest/globals";
import pLimit from "p-limit";
import { expectPerfectCopy, openTestAccount, type TestAccount } from "../support/account.ts";
import { runCli, startCli } from "../support/cli.ts";
import { letLeaseRunOut } from "../support/store.ts";
import { until } from "../support/until.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const CONVERSATIONS = 40;
/** The copies of one point are compared with the account without help from the sweep. */
const ENV = { SYNC_SWEEP_DAYS: "3650", HOSTAWAY_TIMEOUT: "10m" };
const atATime = pLimit(2);

type Moment = (account: TestAccount, stop: () => void) => Promise<void>;

/** Just when the n-th request of its kind has arrived, and before it is answered. */
const atRequest =
  (endpoint: string, nth: number): Moment =>
  ({ simulator }, stop) =>
    new Promise((done) => {
      let seen = 0;
      const stopListening = simulator.onRequest((request) => {
        if (request.endpoint === endpoint) seen += 1;
        if (request.endpoint !== endpoint || seen !== nth) return;
        stop();
        stopListening();
        done();
      });
    });

const whenStored =
  (collection: string, least: number, filter: Record<string, unknown> = {}): Moment =>
  ({ database: { db } }) =>
    until(async () => (await db.collection(collection).countDocuments(filter, { limit: least })) >= least);

const READ = { fingerprint: { $ne: null } };
const POINTS: readonly (readonly [string, Moment])[] = [
  ["at the listings", atRequest("listings", 1)],
  ["at the bookings", atRequest("reservations", 1)],
  ["at the conversations", atRequest("conversations", 1)],
  ["at the first page of messages", atRequest("messages", 1)],
  ["at a page of messages in the middle", atRequest("messages", 20)],
  ["when the first messages are being written", whenStored("messages", 1)],
  ["when half of the conversations are written", whenStored("conversations", 20)],
  ["when some are committed", whenStored("sync_conversations", 8, READ)],
  ["at the last page of messages", atRequest("messages", CONVERSATIONS)],
  ["when all is committed but the report", whenStored("sync_conversations", CONVERSATIONS - 1, READ)],
];

function change({ simulator: { oracle, world } }: TestAccount, text: string): void {
  const ids = [...oracle.conversations()].map(({ conversation_id }) => Number(conversation_id));
  for (const id of ids.slice(0, 10)) world.guestWrites(id, { text });
  const bookings = [...oracle.reservations()].map(({ reservation_id }) => Number(reservation_id));
  for (const id of bookings.slice(5, 15)) world.changeReservation(id, { guestName: text });
  const [listing] = oracle.listings();
  world.renameListing(Number(listing?.listing_id), text, text);
}

describe("P3, P12: a sync that sleeps through its lease writes nothing older over what came meanwhile", () => {
  test.concurrent.each(POINTS)(
    "asleep %s",
    async (name, moment) => {
      await atATime(async () => {
        await using account = await openTestAccount({
          seed: 92,
          conversations: CONVERSATIONS,
          messagesPerConversation: { min: 1, max: 5 },
          tokenGraceMs: 0,
        });
        const { simulator, database } = account;
        const env = { ...account.env, ...ENV };
        const sleeper = startCli(["sync", "--json"], env);
        try {
          const stop = () => sleeper.child.kill("SIGSTOP");
          await Promise.race([moment(account, stop), sleeper.finished]);
          stop();
          const wasAtWork = sleeper.child.exitCode === null;
          await letLeaseRunOut(database.db, simulator.accountId);
          change(account, "While it slept");
          const taken = await runCli(["sync", "--json"], env);
          expect(taken).toMatchObject({ code: 0 });

          sleeper.child.kill("SIGCONT");
          const { code, stdout, stderr } = await sleeper.finished;

          // One that waited for an answer had work to do; one that wrote its last may have been done.
          expect(name.startsWith("at ") ? [1] : wasAtWork ? [0, 1] : [0]).toContain(code);
          const report = JSON.parse(stdout);
          if (code === 1)
            expect(report.failures).toMatchObject([
              { error_type: "interrupted", message: expect.stringContaining("lease") },
            ]);
          else expect(report.status).toBe("succeeded");
          expect(stderr).not.toMatch(/\n\s+at /);
        } finally {
          sleeper.child.kill("SIGKILL");
          await sleeper.finished;
        }
        expect(await runCli(["sync"], env)).toMatchObject({ code: 0 });
        await expectPerfectCopy(account);

        simulator.advance(DAY_MS);
        expect(await runCli(["sync"], { ...env, SYNC_SWEEP_DAYS: "1" })).toMatchObject({ code: 0 });
        await expectPerfectCopy(account);
      });
    },
    240_000,
  );
});
