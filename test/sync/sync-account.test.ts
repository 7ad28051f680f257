import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../src/clock.ts";
import { useTestAccount } from "../support/account.ts";
import { syncOnce } from "../support/run.ts";
import { dataIn } from "../support/store.ts";

const account = useTestAccount({ seed: 11, conversations: 40 });
const { simulate, differences } = account;

const firstConversation = () =>
  [...account.simulator.oracle.conversations()].find(({ message_counts }) => message_counts.total > 3);

const everything = () => dataIn(account.database.db);

describe("P1, P2: a run stores every item of the account exactly once, all fields as they must be", () => {
  test.each([1, 2, 3])("whatever the account looks like (seed %i)", async (seed) => {
    await simulate({ seed, conversations: 120 });

    const report = await syncOnce(account.simulator, account.database);

    expect(report.status).toBe("succeeded");
    expect(await differences()).toEqual({});
  });

  test("also where a conversation's own listing is the account's id", async () => {
    await simulate({ listingMapIdQuirk: true });
    await syncOnce(account.simulator, account.database);

    expect(await differences()).toEqual({});
  });

  test("also when threads are longer than a page", async () => {
    await simulate({ conversations: 3, messagesPerConversation: { min: 900, max: 1_200 } });
    await syncOnce(account.simulator, account.database);

    expect(await differences()).toEqual({});
  });

  test("also when every fifth answer is a bad one", async () => {
    const faults = (["html", "truncated_json", "reset", "reset_mid_body"] as const).map((fault) => ({
      match: { probability: 0.05 },
      fault,
    }));
    await simulate({ faults });

    const report = await syncOnce(account.simulator, account.database);

    expect(report.api.retries).toBeGreaterThan(0);
    if (report.status === "succeeded") expect(await differences()).toEqual({});
    else {
      account.simulator.faults.clear();
      await syncOnce(account.simulator, account.database);
      expect(await differences()).toEqual({});
    }
  });

  test("and what is new the next day", async () => {
    await simulate();
    await syncOnce(account.simulator, account.database);
    const { conversation_id: id = "" } = firstConversation() ?? {};
    account.simulator.world.guestWrites(Number(id), { text: "Is there parking?" });
    account.simulator.world.hostReplies(Number(id), { text: "<p>There is.</p>", html: true });

    const report = await syncOnce(account.simulator, account.database);

    expect(report.items.messages.inserted).toBe(2);
    expect(await differences()).toEqual({});
  });
});

test("P7: a second run modifies no document", async () => {
  await simulate();
  await syncOnce(account.simulator, account.database);
  const before = await everything();

  const report = await syncOnce(account.simulator, account.database);

  expect(await everything()).toEqual(before);
  expect(report.items.messages).toMatchObject({ inserted: 0, updated: 0 });
});

describe("P5: one bad item costs one item", () => {
  const BAD = [
    ["without an id", "id", "drop"],
    ["with a null id", "id", "null"],
    ["without isIncoming", "isIncoming", "drop"],
    ["that is not an object", undefined, "wrong_type"],
  ] as const;

  test.each(BAD)("a message %s is written down and its neighbours are stored", async (_, field, change) => {
    await simulate();
    const { conversation_id: id = "", message_counts } = firstConversation() ?? {};
    const poison = { type: "poison", index: 1, change, ...(field && { field }) } as const;
    account.simulator.faults.set([{ match: { path: `/conversations/${id}/messages` }, fault: poison }]);

    const report = await syncOnce(account.simulator, account.database);

    expect(report).toMatchObject({ status: "partial", summary: { failed: 1 } });
    expect(report.failures).toMatchObject([
      { item_type: "message", conversation_id: id, stage: "transform", error_type: "validation_error" },
    ]);
    const stored = await account.database.db.collection("messages").countDocuments({ conversation_id: id });
    expect(stored).toBe((message_counts?.total ?? 0) - 1);
  });

  test.each(["body", "date", "status", "communicationType", "attachments", "updatedOn", "channelId"])(
    "a message with garbage in %s is stored as well as it can be",
    async (field) => {
      await simulate({ conversations: 5 });
      const poison = { type: "poison", index: 0, field, change: "wrong_type" } as const;
      account.simulator.faults.set([{ match: { endpoint: "messages" }, fault: poison }]);

      const report = await syncOnce(account.simulator, account.database);

      expect(report.status).toBe("succeeded");
      expect(await account.database.db.collection("messages").countDocuments()).toBe(
        account.simulator.oracle.counts().messages,
      );
    },
  );

  test("a conversation without an id is written down; all others come", async () => {
    await simulate();
    const poison = { type: "poison", index: 3, field: "id", change: "null" } as const;
    account.simulator.faults.set([{ match: { endpoint: "conversations" }, fault: poison }]);

    const report = await syncOnce(account.simulator, account.database);

    expect(report.items.conversations).toMatchObject({ attempted: 40, succeeded: 39, failed: 1 });
    expect(report.failures).toMatchObject([
      { item_type: "conversation", item_id: null, message: "id: missing" },
    ]);
  });

  test.each(["html", "truncated_json", "empty_list", "status_fail_200", "hang"] as const)(
    "a conversation that answers %s fails alone, and the next run brings it",
    async (fault) => {
      await simulate();
      const { conversation_id: id = "" } = firstConversation() ?? {};
      account.simulator.faults.set([{ match: { path: `/conversations/${id}/messages` }, fault }]);

      const report = await syncOnce(account.simulator, account.database, {
        // Others must not be hit by it, however busy this machine is.
        env: { HOSTAWAY_TIMEOUT: fault === "hang" ? "2s" : "30s" },
      });

      expect(report.items.conversations).toMatchObject({ attempted: 40, succeeded: 39, failed: 1 });
      expect(report.failures).toMatchObject([{ item_type: "conversation", item_id: id, stage: "extract" }]);

      account.simulator.faults.clear();
      expect(await syncOnce(account.simulator, account.database)).toMatchObject({ status: "succeeded" });
      expect(await differences()).toEqual({});
    },
  );

  test("a conversation that is deleted after it was listed is counted as gone, not as failed", async () => {
    await simulate();
    const { conversation_id: id = "" } = firstConversation() ?? {};
    const fault = {
      type: "status",
      status: 404,
      body: { status: "fail", message: "Resource not found" },
    } as const;
    account.simulator.faults.set([{ match: { path: `/conversations/${id}/messages` }, fault }]);

    const report = await syncOnce(account.simulator, account.database);

    expect(report).toMatchObject({ status: "succeeded", items: { conversations: { gone: 1, failed: 0 } } });
  });

  test.each(["listings", "reservations"] as const)(
    "a list of %s that cannot be read is one failure",
    async (endpoint) => {
      await simulate();
      account.simulator.faults.set([{ match: { endpoint }, fault: "empty_list" }]);

      const report = await syncOnce(account.simulator, account.database);

      expect(report.status).toBe("partial");
      expect(report.items[endpoint]).toMatchObject({ attempted: expect.any(Number), failed: 1 });
      expect(report.items.messages.succeeded).toBe(account.simulator.oracle.counts().messages);
      account.simulator.faults.clear();
      await syncOnce(account.simulator, account.database);
      expect(await differences()).toEqual({});
    },
  );
});

describe("P6: nothing is lost silently", () => {
  test("a list of conversations that ends too early ends the run as failed", async () => {
    await simulate();
    account.simulator.faults.set([{ match: { endpoint: "conversations" }, fault: "empty_list" }]);

    const report = await syncOnce(account.simulator, account.database);

    expect(report.status).toBe("failed");
    expect(report.failures[0]).toMatchObject({ item_type: "run", error_type: "server_error" });
  });

  test("the summary is the sum of the items, and attempted is what succeeded and what failed", async () => {
    await simulate();
    const poison = { type: "poison", index: 0, field: "isIncoming", change: "drop" } as const;
    account.simulator.faults.set([{ match: { endpoint: "messages", probability: 0.3 }, fault: poison }]);

    const { items, summary, failures } = await syncOnce(account.simulator, account.database);

    const all = Object.values(items);
    expect(summary.failed).toBeGreaterThan(0);
    expect(summary.failed).toBe(failures.length);
    for (const key of ["attempted", "succeeded", "failed"] as const) {
      expect(summary[key]).toBe(all.reduce((sum, counts) => sum + counts[key], 0));
    }
    for (const counts of [...all, summary]) expect(counts.attempted).toBe(counts.succeeded + counts.failed);
    expect(items.messages.attempted).toBe(account.simulator.oracle.counts().messages);
  });

  test("P4: the report is stored, and says what was stored", async () => {
    await simulate();
    const report = await syncOnce(account.simulator, account.database);

    const [stored] = await account.database.db
      .collection("sync_runs")
      .find({ run_id: report.run_id })
      .toArray();
    expect(stored).toMatchObject({ status: "succeeded", summary: report.summary });
  });

  test("wrong credentials end the run before anything is tried", async () => {
    await simulate();

    const report = await syncOnce(account.simulator, account.database, {
      env: { HOSTAWAY_API_KEY: "wrong" },
    });

    expect(report).toMatchObject({ status: "failed", summary: { attempted: 0 }, api: { calls: 1 } });
    expect(report.failures).toMatchObject([{ error_type: "unauthorized", http_status: 401 }]);
  });
});

test("a stop comes to a safe end: what is in flight is settled, and the next run completes the copy", async () => {
  await simulate({ conversations: 200, latencyMs: 5 });
  const stop = new AbortController();

  const report = await syncOnce(account.simulator, account.database, {
    signal: stop.signal,
    onProgress: ({ conversations }) => {
      if (conversations >= 20) stop.abort();
    },
  });

  expect(report.status).toBe("failed");
  expect(report.failures[0]).toMatchObject({ item_type: "run", error_type: "interrupted" });
  expect(report.items.conversations.attempted).toBeLessThan(200);
  expect(await syncOnce(account.simulator, account.database)).toMatchObject({ status: "succeeded" });
  expect(await differences()).toEqual({});
});

test("P10: secret fields of the source reach no collection", async () => {
  await simulate();
  await syncOnce(account.simulator, account.database);

  const stored = JSON.stringify(await everything());
  expect(stored.match(/CANARY.{0,20}|"(?:wifiPassword|doorCode|doorSecurityCode|ccNumber|cvc)"/g)).toBeNull();
});

test("P8: at the documented limits a run is never told to slow down", async () => {
  await simulate({ conversations: 30, rateLimit: { limit: 20, windowMs: 1_000 } });

  const report = await syncOnce(account.simulator, account.database, {
    env: { HOSTAWAY_RATE_LIMIT: "20/1s" },
    clock: systemClock,
  });

  expect(report).toMatchObject({ status: "succeeded", api: { rate_limited: 0 } });
  expect(account.simulator.stats().maxInAnyWindow).toBeLessThanOrEqual(20);
});
