import { describe, expect, test } from "@jest/globals";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { RunReport } from "../../src/domain/run-report.ts";
import type { SimulatorOptions } from "../../src/simulator/simulator.ts";
import { useTestAccount } from "../support/account.ts";
import { type RunOptions, syncOnce } from "../support/run.ts";
import { dataIn } from "../support/store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const account = useTestAccount({ seed: 12, conversations: 60 });
const { simulate, differences } = account;

/** An account that has been copied once. */
async function copied(options: SimulatorOptions = {}): Promise<void> {
  await simulate(options);
  const report = await run({ env: {} });
  expect(report.status).toBe("succeeded");
  account.simulator.resetStats();
}

/** A sweep of one conversation, unless a test is about it. */
async function run(options: RunOptions = {}): Promise<RunReport> {
  const env = { SYNC_SWEEP_DAYS: "3650", ...options.env };
  return await syncOnce(account.simulator, account.database, { ...options, env });
}

const ids = () =>
  [...account.simulator.oracle.conversations()].map(({ conversation_id }) => Number(conversation_id));
/** The nth conversation with at least so many messages. */
const conversation = (nth = 0, messages = 3) => {
  const found = [...account.simulator.oracle.conversations()].filter(
    (one) => one.message_counts.total >= messages,
  )[nth];
  if (!found) throw new Error("no such conversation in this world");
  return { id: Number(found.conversation_id), reservationId: Number(found.reservation?.id), found };
};
const messagesOf = (id: number) =>
  account.database.db
    .collection("messages")
    .find({ conversation_id: String(id) })
    .toArray();
const marked = () => account.database.db.collection("messages").countDocuments({ deleted_at: { $ne: null } });

const everything = () => dataIn(account.database.db);

describe("a nightly run costs what changed", () => {
  const SWEEP = Math.ceil(787 / 30);

  test("787 conversations, 40 of them changed: at most 46 calls and the sweep, and everything is there", async () => {
    await copied({ conversations: 787, messagesPerConversation: { min: 1, max: 4 } });
    for (const id of ids()
      .filter((_, index) => index % 19 === 0)
      .slice(0, 40))
      account.simulator.world.guestWrites(id);

    const report = await run({ env: { SYNC_SWEEP_DAYS: "30" } });

    expect(report.items.conversations).toMatchObject({
      scanned: 787,
      changed: 40,
      swept: expect.any(Number),
    });
    expect(report.items.conversations.swept).toBeLessThanOrEqual(SWEEP);
    expect(report.api.calls).toBeLessThanOrEqual(46 + report.items.conversations.swept);
    expect(report.api.full_sync_calls).toBe(1 + 1 + 2 + 2 + 787);
    expect(await differences()).toEqual({});
  });

  test("nothing changed: at most 6 calls and the sweep, and no document is modified (P7)", async () => {
    await copied({ conversations: 787, messagesPerConversation: { min: 1, max: 4 } });
    const before = await everything();

    const report = await run({ env: { SYNC_SWEEP_DAYS: "30" } });

    expect(report.items.conversations).toMatchObject({ changed: 0, swept: SWEEP, refreshed: 0 });
    expect(report.api.calls).toBeLessThanOrEqual(6 + SWEEP);
    expect(await everything()).toEqual(before);
  });

  test("a day as it is: new and old threads, late messages, bookings that change", async () => {
    await copied({ conversations: 787, messagesPerConversation: { min: 1, max: 4 } });
    account.simulator.advance(DAY_MS);

    const report = await run({ env: { SYNC_SWEEP_DAYS: "1" } });

    expect(report.items.conversations.changed).toBeGreaterThan(20);
    expect(report.items.conversations.changed).toBeLessThan(80);
    // Two scans for those that are gone.
    await run();
    expect(await differences()).toEqual({});
  });
});

describe("P1: what the list shows by any mark is read", () => {
  const CHANGES: Readonly<Record<string, (id: number) => void>> = {
    "a guest's message": (id) => account.simulator.world.guestWrites(id),
    "a guest's message that was back-dated by hours": (id) =>
      account.simulator.world.guestWrites(id, {
        at: new Date(account.simulator.now().getTime() - 9 * HOUR_MS),
      }),
    "a host's message": (id) => account.simulator.world.hostReplies(id),
    "a host's message that messageSentOn does not reflect": (id) =>
      account.simulator.world.hostReplies(id, { reflected: false }),
    "an automation's message": (id) => account.simulator.world.automationWrites(id),
    "the loss of the newest message, after which the marks are those of before": (id) => {
      const [newest] = [...account.simulator.oracle.messagesOf(id)].sort(
        (a, b) => Number(b.message_id) - Number(a.message_id),
      );
      account.simulator.world.deleteMessage(id, Number(newest?.message_id));
    },
    "a message that waits to be sent": (id) =>
      account.simulator.world.scheduleMessage(id, new Date(account.simulator.now().getTime() + DAY_MS)),
  };

  test.each(Object.keys(CHANGES))("%s", async (name) => {
    await copied();
    account.simulator.advance(60_000);
    CHANGES[name]?.(conversation(5).id);

    await run();

    expect(await differences()).toEqual({});
  });

  test("a change that comes while its conversation is read is brought by the next run", async () => {
    await copied();
    const { id } = conversation(3);
    account.simulator.world.guestWrites(id, { text: "first" });
    const unlisten = account.simulator.onRequest(({ path }) => {
      if (!path.startsWith(`/conversations/${id}/messages`)) return;
      unlisten();
      account.simulator.advance(1_000);
      account.simulator.world.guestWrites(conversation(4).id, { text: "during the run" });
      account.simulator.world.guestWrites(id, { text: "in the middle of it" });
    });

    await run();
    await run();

    expect(await differences()).toEqual({});
  });

  test("a message that waited is read again when its time has passed, though nothing shows", async () => {
    await copied();
    const { id } = conversation(2);
    const messageId = account.simulator.world.scheduleMessage(
      id,
      new Date(account.simulator.now().getTime() + DAY_MS),
    );
    account.simulator.world.scheduleMessage(id, new Date(account.simulator.now().getTime() + 30 * DAY_MS));
    await run();
    account.simulator.advance(HOUR_MS);
    // Not the newest of its thread, so that the list does not show it.
    account.simulator.world.setMessageStatus(id, messageId, "cancelled_by_user");
    const stored = () =>
      account.database.db.collection("messages").findOne({ message_id: String(messageId) });
    await run();
    expect(await stored()).toMatchObject({ delivery_status: "scheduled" });

    account.simulator.advance(2 * DAY_MS);
    await run();

    expect(await stored()).toMatchObject({ delivery_status: "cancelled" });
  });

  test("a conversation that could not be read whole is read by the next run, though it shows no change", async () => {
    await copied();
    const { id } = conversation(3);
    account.simulator.world.guestWrites(id);
    const poison = { type: "poison", index: 1, field: "isIncoming", change: "drop" } as const;
    account.simulator.faults.set([{ match: { path: `/conversations/${id}/messages` }, fault: poison }]);
    expect(await run()).toMatchObject({ status: "partial" });
    account.simulator.faults.clear();

    expect(await run()).toMatchObject({ status: "succeeded", items: { conversations: { changed: 1 } } });
    expect(await differences()).toEqual({});
  });
});

describe("the feeds", () => {
  test("of 1,700 reservations only the first page is read when little has changed", async () => {
    await copied({ conversations: 1_700, messagesPerConversation: { min: 0, max: 1 } });
    account.simulator.advance(DAY_MS);
    account.simulator.resetStats();

    await run();

    expect(account.simulator.stats().byEndpoint).toMatchObject({ reservations: 1, listings: 1 });
  });

  /** A reservation without a conversation, so that no scan shows it. */
  const calendarBooking = () => Number([...account.simulator.oracle.reservations()].at(-1)?.reservation_id);

  test("a reservation feed that broke off is followed from the same place the next time", async () => {
    await copied({ conversations: 30, calendarBookings: 2 });
    const pageSizes = { listings: 100, others: 3 };
    account.simulator.world.changeReservation(calendarBooking(), { price: 4_321 });
    account.simulator.advance(3 * DAY_MS);
    account.simulator.faults.set([{ match: { endpoint: "reservations" }, fault: "html" }]);
    await run({ pageSizes });
    account.simulator.faults.clear();
    account.simulator.advance(3 * DAY_MS);

    await run({ pageSizes, env: { SYNC_SWEEP_DAYS: "1" } });
    await run({ pageSizes });

    expect(await differences()).toEqual({});
  });

  test("a reservation that could not be understood is asked for again the next time", async () => {
    await copied({ conversations: 30, calendarBookings: 2 });
    account.simulator.world.changeReservation(calendarBooking(), { price: 4_321 });
    const ids = [calendarBooking()];
    account.simulator.faults.set([
      {
        match: { endpoint: "reservations" },
        fault: { type: "poison", ids, field: "id", change: "wrong_type" },
      },
    ]);
    expect((await run()).status).toBe("partial");
    account.simulator.faults.clear();
    account.simulator.advance(3 * DAY_MS);

    await run({ env: { SYNC_SWEEP_DAYS: "1" } });
    await run();

    expect(await differences()).toEqual({});
  });

  test.each([-3, 3])("a machine whose clock is wrong by %i years misses nothing", async (years) => {
    await copied({ conversations: 30, calendarBookings: 2 });
    const jumped: Clock = {
      ...systemClock,
      now: () => new Date(systemClock.now().getTime() + years * 365 * DAY_MS),
    };
    account.simulator.advance(DAY_MS);
    await run({ runClock: jumped, clock: { ...jumped, sleep: async () => undefined } });
    account.simulator.advance(2 * DAY_MS);
    const before = await account.database.db.collection("sync_state").findOne({});
    account.simulator.world.changeReservation(conversation(4).reservationId, { guestName: "Ada Changed" });
    account.simulator.world.changeReservation(calendarBooking(), { price: 12 });

    await run({ env: { SYNC_SWEEP_DAYS: "1" } });
    await run();

    expect(before?.["reservations_watermark"].getUTCFullYear()).toBe(
      account.simulator.now().getUTCFullYear(),
    );
    expect(await differences()).toEqual({});
  });
});

describe("snapshots follow, without a call and without touching what does not change", () => {
  test.each([
    ["a guest's name", { guestName: "Zoë Newname" }, "guest.name", "Zoë Newname"],
    ["a price", { price: 1_234.5 }, "reservation.price", undefined],
    ["a status", { status: "cancelled" }, "reservation.status", "cancelled"],
  ])("%s", async (_, change, field, value) => {
    await copied();
    // Not the one whose turn it is in the sweep.
    await account.database.db
      .collection("sync_conversations")
      .updateMany({}, { $set: { last_read_at: account.simulator.now() } });
    const { id, reservationId } = conversation(4);
    await account.database.db
      .collection<{ _id: string }>("sync_conversations")
      .updateOne({ _id: String(conversation(9).id) }, { $set: { last_read_at: new Date(0) } });
    const before = await account.database.db.collection("messages").find().sort({ _id: 1 }).toArray();
    account.simulator.advance(60_000);
    account.simulator.world.changeReservation(reservationId, change);

    const report = await run();

    expect(report.api.by_endpoint["messages"]).toBe(1); // the sweep's
    expect(report.items.conversations).toMatchObject({ changed: 0, refreshed: 1 });
    expect(await differences()).toEqual({});
    const [message] = await account.database.db
      .collection("messages")
      .find({ conversation_id: String(id) }, { projection: { [field]: 1 } })
      .toArray();
    const [outer = "", inner = ""] = field.split(".");
    if (value !== undefined) expect(message?.[outer][inner]).toBe(value);
    const untouched = before.filter((one) => one["conversation_id"] !== String(id));
    const after = await account.database.db
      .collection("messages")
      .find({ conversation_id: { $ne: String(id) } })
      .sort({ _id: 1 })
      .toArray();
    expect(after).toEqual(untouched);
  });

  test("a listing's name, into all messages of its conversations", async () => {
    await copied();
    const [listing] = [...account.simulator.oracle.listings()];
    account.simulator.advance(60_000);
    account.simulator.world.renameListing(Number(listing?.listing_id), "Casa Nova", "CN 1");

    const report = await run();

    expect(report.api.by_endpoint["messages"]).toBe(1); // the sweep's
    expect(report.items.conversations.refreshed).toBeGreaterThan(0);
    expect(await differences()).toEqual({});
  });

  test("P7: once carried over, they are not written again", async () => {
    await copied();
    account.simulator.world.changeReservation(conversation(4).reservationId, { guestName: "Zoë Newname" });
    await run();
    const before = await everything();

    const report = await run({ env: { SYNC_SWEEP_DAYS: "1" } });

    expect(report.items.conversations.refreshed).toBe(0);
    expect(report.items.messages).toMatchObject({ inserted: 0, updated: 0 });
    expect(await everything()).toEqual(before);
  });
});

describe("the sweep", () => {
  test("brings an edit that nothing shows within SYNC_SWEEP_DAYS runs, and each conversation once", async () => {
    await copied({ conversations: 50 });
    const edited = ids().map((id) => {
      const [oldest] = account.simulator.oracle.messagesOf(id).reverse();
      if (oldest)
        account.simulator.world.editMessage(id, Number(oldest.message_id), "Edited, and nobody was told.");
      return oldest;
    });
    const count = () =>
      account.database.db.collection("messages").countDocuments({ content: /^Edited, and nobody/ });

    const seen: number[] = [];
    for (let night = 0; night < 5; night += 1) {
      account.simulator.advance(60_000);
      const report = await run({ env: { SYNC_SWEEP_DAYS: "5" } });
      seen.push(report.items.conversations.swept);
    }

    // An edit of the newest message shows in the list: those are read at once.
    expect(seen.reduce((sum, swept) => sum + swept, 0)).toBeLessThanOrEqual(50);
    expect(await count()).toBe(edited.filter((one) => one !== undefined).length);
    expect(await differences()).toEqual({});
  });

  test("of 1 reads everything in every run", async () => {
    await copied();

    expect((await run({ env: { SYNC_SWEEP_DAYS: "1" } })).items.conversations.swept).toBe(60);
  });

  test("is not held up by conversations that cannot be read", async () => {
    await copied({ conversations: 40 });
    const broken = ids().slice(0, 20).join("|");
    account.simulator.faults.set([{ match: { path: `/conversations/(${broken})/messages` }, fault: "html" }]);
    await run({ env: { SYNC_SWEEP_DAYS: "1" } });

    const read = new Set<string>();
    const unlisten = account.simulator.onRequest(({ endpoint, path }) => {
      if (endpoint === "messages") read.add(path.split("/")[2] ?? "");
    });
    for (let night = 0; night < 4; night += 1) {
      account.simulator.advance(60_000);
      await run({ env: { SYNC_SWEEP_DAYS: "4" } });
    }
    unlisten();

    expect(read.size).toBe(40);
  });
});

describe("P11: no false deletions", () => {
  test("a message that a complete reading does not show is marked, and stays", async () => {
    await copied();
    const { id, found } = conversation(1, 4);
    const [, second] = account.simulator.oracle.messagesOf(id);
    account.simulator.world.deleteMessage(id, Number(second?.message_id));
    account.simulator.world.guestWrites(id);

    const report = await run();

    expect(report.items.messages).toMatchObject({ deleted: 1, held_back: 0 });
    expect(await messagesOf(id)).toHaveLength(found.message_counts.total + 1);
    const gone = await account.database.db.collection("messages").findOne({ message_id: second?.message_id });
    expect(gone).toMatchObject({ content: second?.content, deleted_at: expect.any(Date) });
    expect(await differences()).toEqual({});
  });

  test("it is unmarked when it is there again", async () => {
    await copied();
    const { id } = conversation(1, 4);
    const [, second] = account.simulator.oracle.messagesOf(id);
    account.simulator.world.deleteMessage(id, Number(second?.message_id));
    account.simulator.world.guestWrites(id);
    await run();
    account.simulator.world.restoreMessage(id, Number(second?.message_id));
    account.simulator.advance(1_000);
    account.simulator.world.guestWrites(id);

    await run();

    expect(await marked()).toBe(0);
    expect(await differences()).toEqual({});
  });

  test.each(["empty_list", "truncated_json", "repeat_page"] as const)(
    "nothing is marked when the reading ends with %s",
    async (fault) => {
      await copied();
      const { id } = conversation(1, 8);
      account.simulator.world.guestWrites(id);
      account.simulator.faults.set([
        { match: { path: `/conversations/${id}/messages.*offset=[1-9]` }, fault },
      ]);

      await run({ pageSizes: { listings: 100, others: 4 } });

      expect(await marked()).toBe(0);
    },
  );

  test("nothing is marked when a message of the conversation could not be understood", async () => {
    await copied();
    const { id } = conversation(1, 4);
    account.simulator.world.guestWrites(id);
    const poison = { type: "poison", index: 2, field: "id", change: "drop" } as const;
    account.simulator.faults.set([{ match: { path: `/conversations/${id}/messages` }, fault: poison }]);

    expect((await run()).status).toBe("partial");
    expect(await marked()).toBe(0);
  });

  test("a conversation is marked, with its messages, after two complete scans without it; not after one", async () => {
    await copied();
    const { id, found } = conversation(2);
    account.simulator.world.deleteConversation(id);

    expect((await run()).items.conversations.deleted).toBe(0);
    expect(await marked()).toBe(0);
    const report = await run();

    expect(report.items.conversations.deleted).toBe(1);
    expect(report.items.messages.deleted).toBe(found.message_counts.total);
    expect(await differences()).toEqual({});
    expect((await run()).items.conversations.deleted).toBe(0);
  });

  test("a scan in which one conversation could not be recognised does not count", async () => {
    await copied();
    account.simulator.world.deleteConversation(conversation(2).id);
    await run();
    const poison = { type: "poison", index: 3, field: "id", change: "drop" } as const;
    account.simulator.faults.set([{ match: { endpoint: "conversations" }, fault: poison }]);
    await run();
    account.simulator.faults.clear();

    expect(await marked()).toBe(0);
    expect((await run()).items.conversations.deleted).toBe(1);
  });

  test("a conversation that is there again is unmarked, with its messages", async () => {
    await copied();
    const { id } = conversation(2);
    account.simulator.world.deleteConversation(id);
    await run();
    await run();
    account.simulator.world.restoreConversation(id);

    await run();

    expect(await marked()).toBe(0);
    expect(await differences()).toEqual({});
  });

  test("when more than five and more than 1 % vanish at once nothing is marked, and the report says so", async () => {
    await copied();
    const gone = ids().slice(0, 6);
    for (const id of gone) account.simulator.world.deleteConversation(id);
    await run();

    const report = await run();

    expect(report.items.conversations).toMatchObject({ deleted: 0, held_back: 6 });
    expect(report.warnings).toMatchObject([
      { type: "deletions_held_back", remediation: expect.stringContaining("--accept-deletions") },
    ]);
    expect(await marked()).toBe(0);

    const accepted = await run({ acceptDeletions: true });
    expect(accepted.items.conversations).toMatchObject({ deleted: 6, held_back: 0 });
    expect(accepted.warnings).toEqual([]);
    expect(await differences()).toEqual({});
  });

  test("the same holds for messages, and the conversations are read again until it is settled", async () => {
    await copied({ conversations: 20 });
    const { id } = conversation(0, 10);
    for (const { message_id } of account.simulator.oracle.messagesOf(id).slice(1, 8))
      account.simulator.world.deleteMessage(id, Number(message_id));
    account.simulator.world.guestWrites(id);

    const report = await run();
    expect(report.items.messages).toMatchObject({ deleted: 0, held_back: 7 });
    expect(await marked()).toBe(0);

    const again = await run({ acceptDeletions: true });
    expect(again.items.messages).toMatchObject({ deleted: 7, held_back: 0 });
    expect(await differences()).toEqual({});
  });

  test("many may vanish from a large account, as long as they are less than 1 %", async () => {
    await copied({ conversations: 1_000, messagesPerConversation: { min: 1, max: 1 } });
    for (const id of ids().slice(0, 8)) account.simulator.world.deleteConversation(id);
    await run();

    expect((await run()).items.conversations).toMatchObject({ deleted: 8, held_back: 0 });
  });
});

describe("P1: a list that moves while it is scanned", () => {
  test.each([2, 3])("loses nothing when the host writes to old guests after page %i", async (page) => {
    await simulate();
    const unlisten = account.simulator.onRequest(({ endpoint, nth }) => {
      if (endpoint !== "conversations" || nth !== page) return;
      account.simulator.advance(1_000);
      for (const id of ids().slice(-10)) account.simulator.world.hostReplies(id);
    });

    await run({ pageSizes: { listings: 100, others: 10 } });
    unlisten();

    expect(await account.database.db.collection("conversations").countDocuments()).toBe(60);
    await run();
    expect(await differences()).toEqual({});
  });

  test("marks nothing as deleted when conversations vanish and come in the meantime", async () => {
    await copied();
    for (let night = 0; night < 3; night += 1) {
      const unlisten = account.simulator.onRequest(({ endpoint, nth }) => {
        if (endpoint !== "conversations" || nth % 8 !== 3) return;
        account.simulator.advance(1_000);
        account.simulator.world.deleteConversation(ids()[night] ?? 0);
        account.simulator.world.addConversation();
        account.simulator.world.hostReplies(ids().at(-10) ?? 0);
      });
      await run({ pageSizes: { listings: 100, others: 10 } });
      unlisten();
      const present = new Set(ids().map(String));
      const wrong = await account.database.db
        .collection("conversations")
        .find({ deleted_at: { $ne: null }, conversation_id: { $in: [...present] } })
        .toArray();
      expect(wrong).toEqual([]);
    }
  });
});
