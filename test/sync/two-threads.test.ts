import { describe, expect, test } from "@jest/globals";
import { conversationHistory } from "../../src/query/messages.ts";
import { useTestAccount } from "../support/account.ts";
import { startBentServer } from "../support/bent-server.ts";
import { type RunOptions, syncOnce } from "../support/run.ts";
import { everythingIn } from "../support/store.ts";

const account = useTestAccount({ seed: 52, conversations: 8, messagesPerConversation: { min: 3, max: 5 } });
const ALL = { SYNC_SWEEP_DAYS: "1" };

type Row = Record<string, unknown>;

/** One run through a server whose lists of messages are changed on the way. */
async function run(change: (conversation: string, rows: Row[]) => Row[], options: RunOptions = {}) {
  await using server = await startBentServer(account.simulator.url, {
    bend: (envelope, path) => {
      const [, conversation] = /^\/conversations\/(\d+)\/messages$/.exec(path) ?? [];
      if (conversation === undefined) return envelope;
      const result = change(conversation, envelope["result"] as Row[]);
      return { ...envelope, result, count: result.length };
    },
  });
  return await syncOnce(account.simulator, account.database, {
    ...options,
    env: { ...ALL, HOSTAWAY_BASE_URL: server.url },
  });
}

const threads = () => [...account.simulator.oracle.conversations()];
const message = (id: unknown) =>
  account.database.db.collection("messages").findOne({ message_id: String(id) });
const data = () =>
  everythingIn(account.database.db, ["sync_runs", "sync_conversations", "sync_state", "sync_leases"]);

describe("a thread that goes on with a guest's next booking", () => {
  test("what a message says itself wins, and it stands in both histories", async () => {
    await account.simulate();
    const [first, second] = threads();
    const earlier = second?.reservation;
    let moved: Row = {};
    const change = (conversation: string, rows: Row[]) => {
      if (conversation !== first?.conversation_id) return rows;
      moved = { ...rows[1], reservationId: Number(earlier?.id) };
      return rows.map((row, index) => (index === 1 ? moved : row));
    };

    expect((await run(change)).status).toBe("succeeded");

    expect(await message(moved["id"])).toMatchObject({
      reservation: earlier,
      reservation_ids: [earlier?.id, first?.reservation?.id],
      property: second?.property,
      conversation_id: first?.conversation_id,
    });
    for (const booking of [earlier, first?.reservation]) {
      const { messages } = await conversationHistory(
        account.database.db,
        account.simulator.accountId,
        booking?.id ?? "",
        { size: 100 },
      );
      expect(messages.map(({ message_id }) => message_id)).toContain(String(moved["id"]));
    }
    const before = await data();
    await run(change);
    expect(await data()).toEqual(before);
  });

  test("a booking that is not known is found by its id all the same", async () => {
    await account.simulate();
    const [first] = threads();
    const change = (conversation: string, rows: Row[]) =>
      conversation === first?.conversation_id
        ? rows.map((row) => ({ ...row, reservationId: 987_654 }))
        : rows;

    await run(change);

    const { accountId } = account.simulator;
    const { messages } = await conversationHistory(account.database.db, accountId, "987654", { size: 100 });
    expect(messages).toHaveLength(first?.message_counts.total ?? 0);
    expect(messages[0]?.reservation).toEqual({
      id: "987654",
      status: null,
      arrival_date: null,
      departure_date: null,
      price: null,
      currency: null,
    });
  });

  test("a changed price reaches the messages of its own thread, and a reading the others", async () => {
    await account.simulate();
    const [first, second] = threads();
    const other = Number(second?.reservation?.id);
    const change = (conversation: string, rows: Row[]) =>
      conversation === first?.conversation_id ? rows.map((row) => ({ ...row, reservationId: other })) : rows;
    await run(change);
    account.simulator.advance(60_000);
    account.simulator.world.changeReservation(other, { status: "cancelled" });

    await run(change);

    const statuses = await account.database.db.collection("messages").distinct("reservation.status", {
      "reservation.id": String(other),
    });
    expect(statuses).toEqual(["cancelled"]);
  });
});

describe("P7: a message that two threads show", () => {
  test.each([
    ["belongs to the one that it names", (row: Row) => row],
    [
      "belongs to the one with the lower id where it names neither",
      (row: Row) => ({ ...row, conversationId: 5 }),
    ],
  ])("%s, in every run", async (_, naming) => {
    await account.simulate();
    const [lower, higher] = threads().toSorted(
      (a, b) => Number(a.conversation_id) - Number(b.conversation_id),
    );
    let shared: Row = {};
    const rowsOfLower = new Map<string, Row[]>();
    const change = (conversation: string, rows: Row[]) => {
      if (conversation === lower?.conversation_id) {
        rowsOfLower.set(conversation, rows);
        shared = naming(rows[0] ?? {});
        return [shared, ...rows.slice(1)];
      }
      return conversation === higher?.conversation_id && shared["id"] !== undefined
        ? [...rows, { ...shared, insertedOn: shared["insertedOn"] }]
        : rows;
    };
    // One after the other, so that both have been seen.
    for (let night = 0; night < 3; night += 1)
      expect((await run(change, { concurrency: 1 })).status).toBe("succeeded");

    expect(await message(shared["id"])).toMatchObject({ conversation_id: lower?.conversation_id });
    const before = await account.database.db.collection("messages").find().sort({ _id: 1 }).toArray();
    for (let night = 0; night < 3; night += 1) await run(change);
    expect(await account.database.db.collection("messages").find().sort({ _id: 1 }).toArray()).toEqual(
      before,
    );
  });

  test("is the other's when its own does not show it any more, and is not marked as deleted for good", async () => {
    await account.simulate();
    const [lower, higher] = threads().toSorted(
      (a, b) => Number(a.conversation_id) - Number(b.conversation_id),
    );
    let shared: Row = {};
    let isMoved = false;
    const change = (conversation: string, rows: Row[]) => {
      if (conversation === lower?.conversation_id) {
        shared = shared["id"] === undefined ? (rows[0] ?? {}) : shared;
        return isMoved ? rows.slice(1) : rows;
      }
      return conversation === higher?.conversation_id && isMoved ? [...rows, shared] : rows;
    };
    await run(change, { concurrency: 1 });
    isMoved = true;
    for (let night = 0; night < 3; night += 1) await run(change, { concurrency: 1, acceptDeletions: true });

    const stored = await message(shared["id"]);
    expect(stored).toMatchObject({ conversation_id: higher?.conversation_id });
    expect(stored).not.toHaveProperty("deleted_at");
  });
});
