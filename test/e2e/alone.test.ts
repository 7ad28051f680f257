import { hostname } from "node:os";
import { describe, expect, test } from "@jest/globals";
import type { Document } from "mongodb";
import pLimit from "p-limit";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { expectPerfectCopy, openTestAccount, type TestAccount } from "../support/account.ts";
import { type Running, runCli, startCli } from "../support/cli.ts";
import { syncOnce } from "../support/run.ts";
import { everythingIn, leaseOf, letLeaseRunOut } from "../support/store.ts";
import { until } from "../support/until.ts";

const BUSY = 75;

/** Whatever becomes of its test, it does not outlive it. */
function startSync(env: Readonly<Record<string, string>>): Running & AsyncDisposable {
  const running = startCli(["sync", "--json"], env);
  return {
    ...running,
    async [Symbol.asyncDispose]() {
      running.child.kill("SIGKILL");
      await running.finished;
    },
  };
}

describe("P12: beside a run that is at work", () => {
  const CONCURRENCY = 4;

  /** A run that waits for messages that do not come: it asks for nothing more, and writes nothing. */
  async function startRunThatWaits(account: TestAccount): Promise<Running & AsyncDisposable> {
    const { simulator, env } = account;
    simulator.faults.set([{ match: { endpoint: "messages" }, fault: "hang" }]);
    const running = startSync({
      ...env,
      HOSTAWAY_CONCURRENCY: String(CONCURRENCY),
      HOSTAWAY_TIMEOUT: "10m",
    });
    await until(() => simulator.stats().byEndpoint["messages"] === CONCURRENCY);
    return running;
  }

  /** What there is, heartbeats aside. */
  async function look({ simulator, database: { db } }: TestAccount) {
    const { sync_leases: leases = [], ...documents } = await everythingIn(db);
    const kept = leases.map(({ last_heartbeat: _, expires_at: __, ...lease }) => lease);
    return { requests: simulator.stats().requests, documents, leases: kept };
  }

  const COMMANDS = [
    ["sync", {}],
    ["sync --json", {}],
    ["sync --dry-run", {}],
    ["sync --dry-run --json", {}],
    ["sync", { DRY_RUN: "true" }],
  ] as const;

  test("P12: a sync ends at once with 75, says who is at work since when, and does nothing", async () => {
    await using account = await openTestAccount({ seed: 61, conversations: 20 });
    const { simulator, database, env } = account;
    await using first = await startRunThatWaits(account);
    const lease = await leaseOf(database.db, simulator.accountId);
    const before = await look(account);
    const holder = {
      run_id: lease?.run_id,
      host: hostname(),
      pid: first.child.pid,
      since: lease?.since.toISOString(),
    };

    for (const [command, more] of COMMANDS) {
      const { code, stdout } = await runCli(command.split(" "), { ...env, ...more });

      expect({ command, code }).toEqual({ command, code: BUSY });
      const said = JSON.parse(stdout);
      expect(said).toMatchObject(
        command.endsWith("--json")
          ? { status: "busy", account_id: simulator.accountId, holder }
          : { message: "account busy", account_id: simulator.accountId, ...holder },
      );
      expect(await look(account)).toEqual(before);
    }
  });

  test("P12: Ctrl-C gives the lease back, so that the next sync starts at once", async () => {
    await using account = await openTestAccount({ seed: 62, conversations: 20 });
    const { simulator, database, env } = account;
    await using first = await startRunThatWaits(account);

    first.child.kill("SIGINT");

    expect(await first.finished).toMatchObject({ code: 1 });
    const lease = await leaseOf(database.db, simulator.accountId);
    expect(lease).toMatchObject({ pid: first.child.pid, released_at: expect.any(Date) });
    simulator.faults.clear();
    expect(await runCli(["sync"], env)).toMatchObject({ code: 0 });
    await expectPerfectCopy(account);
  });

  test("P12: a run that sleeps through its lease wakes up, notices, and changes nothing any more", async () => {
    await using account = await openTestAccount({ seed: 63, conversations: 40, tokenGraceMs: 0 });
    const { simulator, database, env } = account;
    await using sleeper = startSync(env);
    await new Promise<void>((done) => {
      simulator.onRequest(({ endpoint, nth }) => {
        if (endpoint !== "messages" || nth !== 20) return;
        sleeper.child.kill("SIGSTOP");
        done();
      });
    });
    await letLeaseRunOut(database.db, simulator.accountId);
    expect(await syncOnce(simulator, database)).toMatchObject({ status: "succeeded" });
    const left = await everythingIn(database.db, ["sync_runs"]);

    sleeper.child.kill("SIGCONT");

    const { code, stdout } = await sleeper.finished;
    expect({ code, report: JSON.parse(stdout) }).toMatchObject({
      code: 1,
      report: {
        status: "failed",
        failures: [{ error_type: "interrupted", message: expect.stringContaining("the lease was lost") }],
      },
    });
    expect(await everythingIn(database.db, ["sync_runs"])).toEqual(left);
    await expectPerfectCopy(account);
  });
});

describe("P12: of two that start at the same moment on an empty database, one does the work", () => {
  const atATime = pLimit(3);
  const rounds = Array.from({ length: 10 }, (_, round) => [round + 1]);

  test.concurrent.each(rounds)("P12: round %i", async (round) => {
    await atATime(async () => {
      // Long enough that the one cannot be done before the other has started.
      await using account = await openTestAccount({ seed: 70 + round, conversations: 12, latencyMs: 150 });
      const { env, database, simulator } = account;

      const both = await Promise.all([runCli(["sync", "--json"], env), runCli(["sync", "--json"], env)]);

      expect(both.map(({ code }) => code).sort()).toEqual([0, BUSY]);
      const { byEndpoint } = simulator.stats();
      expect(byEndpoint).toMatchObject({ accessTokens: 1, conversations: 1, messages: 12 });
      expect(await database.db.collection("sync_runs").countDocuments()).toBe(1);
      await expectPerfectCopy(account);
    });
  });
});

describe("P12: a dry run writes nothing at all, and says what the run after it will change", () => {
  /** What would be changed, or was. */
  function changesIn(report: Document) {
    return Object.fromEntries(
      Object.entries<Document>(report["items"]).map(([name, { inserted, updated, deleted = 0 }]) => [
        name,
        { inserted, updated, deleted },
      ]),
    );
  }

  async function report(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Document> {
    const { code, stdout } = await runCli([...args, "--json"], env);
    expect(code).toBe(0);
    return JSON.parse(stdout);
  }

  test("P12: on an empty database", async () => {
    await using account = await openTestAccount({ seed: 81, conversations: 30 });
    const { database, env, simulator } = account;

    const dry = await report(["sync", "--dry-run"], env);

    expect(await database.db.listCollections().toArray()).toEqual([]);
    expect(dry).toMatchObject({ dry_run: true, status: "succeeded" });
    const { messages, conversations } = simulator.oracle.counts();
    expect(changesIn(dry)).toMatchObject({
      messages: { inserted: messages },
      conversations: { inserted: conversations },
    });
    expect(changesIn(dry)).toEqual(changesIn(await report(["sync"], env)));
  });

  test("P12: on the copy of an account that has changed since", async () => {
    await using account = await openTestAccount({ seed: 82, conversations: 60, tokenGraceMs: 0 });
    const { database, env, simulator } = account;
    await ensureSchema(database.db);
    await syncOnce(simulator, database);
    change(simulator);
    const before = await everythingIn(database.db);

    const dry = await report(["sync", "--dry-run"], env);

    expect(await everythingIn(database.db)).toEqual(before);
    expect(dry).toMatchObject({ dry_run: true, status: "succeeded" });
    for (const { inserted, updated, deleted } of Object.values(changesIn(dry))) {
      expect(inserted + updated + deleted).toBeGreaterThan(0);
    }
    expect(changesIn(dry)).toEqual(changesIn(await report(["sync"], env)));
  });

  /** Something of everything that a run can have to do. */
  function change({ world, oracle }: Simulator): void {
    const ids = [...oracle.conversations()].map(({ conversation_id }) => Number(conversation_id));
    for (const id of ids.slice(0, 5)) world.guestWrites(id, { text: "Is there parking?" });
    const threads = ids.slice(5).map((id) => ({ id, messages: messageIds(oracle.messagesOf(id)) }));
    for (const { id, messages } of threads.filter((thread) => thread.messages.length > 2).slice(0, 3)) {
      world.deleteMessage(id, Math.max(...messages));
    }
    world.addConversation();
    const bookings = [...oracle.reservations()].map(({ reservation_id }) => Number(reservation_id));
    for (const id of bookings.slice(25, 35)) world.changeReservation(id, { guestName: "Ada Lovelace" });
    const [listing] = oracle.listings();
    world.renameListing(Number(listing?.listing_id), "Casa Nueva", "Casa Nueva");
  }

  function messageIds(messages: readonly { readonly message_id: string }[]): number[] {
    return messages.map(({ message_id }) => Number(message_id));
  }
});
