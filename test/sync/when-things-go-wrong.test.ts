import { describe, expect, test } from "@jest/globals";
import { ERROR_TYPES } from "../../src/domain/failure.ts";
import type { RunReport } from "../../src/domain/run-report.ts";
import type { FaultRule } from "../../src/simulator/simulator.ts";
import * as hostaway from "../../src/transform/records.ts";
import { useTestAccount } from "../support/account.ts";
import { type RunOptions, syncOnce } from "../support/run.ts";

const account = useTestAccount();
const { simulate, differences } = account;

const night = (options: RunOptions = {}) =>
  syncOnce(account.simulator, account.database, {
    ...options,
    env: { SYNC_SWEEP_DAYS: "3650", ...options.env },
  });
const openLetters = () =>
  account.database.db.collection("sync_failures").countDocuments({ resolved_at: null });

/** P5, P6: what is asked of each failure, whatever it is. */
function expectToBeHelpful({ failures }: RunReport): void {
  for (const failure of failures) {
    expect(ERROR_TYPES).toContain(failure.error_type);
    expect(failure.remediation).toMatch(/\w{4}/);
    // A message that came without an id is found by its conversation.
    const { item_type, item_id, conversation_id, failure_id } = failure;
    expect(item_id ?? conversation_id).toMatch(/^\d+$/);
    expect(failure_id).toMatch(item_id ? `${item_type}:${item_id}` : `${item_type}:${conversation_id}#`);
    expect(failure.message).not.toBe("");
  }
}

describe("with something wrong with every fifth answer", () => {
  /** What passes by itself happens to all requests; what does not, to those for messages. */
  const PASSING = ["html", "empty_body", "truncated_json", "reset", "reset_mid_body", "unauthorized", "hang"];
  const LASTING = [
    { type: "status_fail_200", in: "result" },
    { type: "status", status: 403, body: { status: "fail", message: "no permission" } },
    "empty_list",
    "null_id",
    { type: "poison", index: 0, field: "isIncoming", change: "null" },
  ];
  const MESSAGES = 0.05;
  const ALL = 0.15;

  const plan = [
    ...LASTING.map((fault) => ({
      match: { endpoint: "messages", probability: MESSAGES / LASTING.length },
      fault,
    })),
    ...[...PASSING, { type: "rate_limited", waitMs: 20 }, { type: "status", status: 408 }].map((fault) => ({
      match: { probability: ALL / (PASSING.length + 2) },
      fault,
    })),
  ] as FaultRule[];

  test.each([1, 2])(
    "a run is succeeded or partial, each failure says what to do, and the next nights heal everything (seed %i)",
    async (seed) => {
      await simulate({ seed, conversations: 200, messagesPerConversation: { mean: 4 } });
      account.simulator.faults.set(plan);
      const patience = { env: { HOSTAWAY_TIMEOUT: "500ms", SYNC_MAX_FAILURE_RATE: "0.3" } };

      const first = await night(patience);

      expect(["succeeded", "partial"]).toContain(first.status);
      const { faults, requests } = account.simulator.stats();
      expect(faults / requests).toBeGreaterThan(0.15);
      expect(first.api.retries).toBeGreaterThan(requests * 0.1);
      expectToBeHelpful(first);
      expect(await openLetters()).toBe(first.summary.failed);

      account.simulator.advance(86_400_000);
      const second = await night(patience);
      expect(["succeeded", "partial"]).toContain(second.status);
      expectToBeHelpful(second);

      account.simulator.faults.clear();
      const third = await night();

      expect(third.status).toBe("succeeded");
      expect(await openLetters()).toBe(0);
      await night({ env: { SYNC_SWEEP_DAYS: "1" } });
      expect(await differences()).toEqual({});
    },
  );
});

describe("poisoned records", () => {
  const SCHEMAS = {
    listings: hostaway.ListingRecord,
    reservations: hostaway.ReservationRecord,
    conversations: hostaway.ConversationRecord,
    messages: hostaway.MessageRecord,
  };
  type Endpoint = keyof typeof SCHEMAS;
  const ENDPOINTS = Object.keys(SCHEMAS) as Endpoint[];

  const CHANGES = [
    { change: "drop" },
    { change: "null" },
    { change: "wrong_type" },
    { change: "text" },
    { change: "unknown_word" },
    { change: "broken_date" },
    { change: "lone_surrogate" },
    { change: "value", value: -1 },
    { change: "value", value: 1e308 },
    { change: "value", value: "$where" },
    { change: "value", value: [[], {}, null] },
  ] as const;

  /** Damages each field of each kind of record, each in a record of its own. */
  function poisonEverywhere(change: (typeof CHANGES)[number]): { rules: FaultRule[]; poisoned: Set<string> } {
    const poisoned = new Set<string>();
    const threadOf = threads();
    const rules = ENDPOINTS.flatMap((endpoint) => {
      // A message of a conversation that is not recognised is not read.
      const targets = [...namesOf(endpoint)].filter((name) => !poisoned.has(threadOf.get(name) ?? ""));
      const fields = Object.keys(SCHEMAS[endpoint].shape);
      const distance = Math.floor(targets.length / fields.length);
      return fields.map((field, index): FaultRule => {
        const target = targets[index * distance] ?? "";
        poisoned.add(target);
        const ids = [Number(target.split(":")[1])];
        return { match: { endpoint }, fault: { type: "poison", ids, field, ...change } };
      });
    });
    return { rules, poisoned };
  }

  function* namesOf(endpoint: Endpoint): Generator<string> {
    const type = endpoint.slice(0, -1);
    for (const document of account.simulator.oracle[endpoint]())
      yield `${type}:${Reflect.get(document, `${type}_id`)}`;
  }

  /** The conversation of each message. */
  const threads = () =>
    new Map(
      [...account.simulator.oracle.messages()].map(({ message_id, conversation_id }) => [
        `message:${message_id}`,
        `conversation:${conversation_id}`,
      ]),
    );

  /** Everything that holds something of a poisoned record. */
  function touchedBy(poisoned: ReadonlySet<string>): Set<string> {
    const touched = new Set(poisoned);
    const all = [...account.simulator.oracle.messages()];
    const spread = (hasMore: (one: (typeof all)[number]) => boolean) => {
      for (const one of all.filter(hasMore)) touched.add(`conversation:${one.conversation_id}`);
    };
    spread(
      ({ message_id, reservation, property }) =>
        touched.has(`message:${message_id}`) ||
        touched.has(`reservation:${reservation?.id}`) ||
        touched.has(`listing:${property.id}`),
    );
    for (const { message_id, conversation_id } of all)
      if (touched.has(`conversation:${conversation_id}`)) touched.add(`message:${message_id}`);
    return touched;
  }

  test.each(CHANGES)(
    "in any field (%j): the neighbours are stored, only the poisoned are named, and the mended source heals them",
    async (change) => {
      await simulate({ seed: 61, conversations: 120, listings: 40, messagesPerConversation: { mean: 3 } });
      const { rules, poisoned } = poisonEverywhere(change);
      account.simulator.faults.set(rules);

      const report = await night();

      expect(["succeeded", "partial"]).toContain(report.status);
      expect(account.simulator.faults.poisoned().length).toBeGreaterThanOrEqual(poisoned.size);
      const named = report.failures.flatMap(({ item_type, item_id }) =>
        item_id ? [`${item_type}:${item_id}`] : [],
      );
      expect(named.filter((name) => !poisoned.has(name))).toEqual([]);
      for (const { message } of report.failures) expect(message).toMatch(/^(id|isIncoming): /);
      await expectOthersToBeStored(poisoned);

      account.simulator.faults.clear();
      account.simulator.advance(1_000);
      const healed = await night();

      expect(healed).toMatchObject({ status: "succeeded", failures: [], open_failures: 0 });
      const all = await differences();
      expect(Object.values(all).map(({ missing }) => missing)).toEqual(Object.values(all).map(() => []));
      // What was stored with a field unknown shows no change: the sweep brings it.
      await night({ env: { SYNC_SWEEP_DAYS: "1" } });
      expect(await differences()).toEqual({});
    },
  );

  test("of ten megabytes: what there is of use is stored, and nothing else suffers", async () => {
    await simulate({ seed: 62, conversations: 30, messagesPerConversation: { mean: 4 } });
    const [message, other] = [...account.simulator.oracle.messages()].filter(
      (one) => one.direction === "incoming",
    );
    const [listing] = [...account.simulator.oracle.listings()];
    const huge = (
      endpoint: string,
      id: string | undefined,
      field: string,
      change: "huge" | "value",
    ): FaultRule => ({
      match: { endpoint },
      fault: { type: "poison", ids: [Number(id)], field, change, value: "0123456789".repeat(1_000_000) },
    });
    account.simulator.faults.set([
      huge("messages", message?.message_id, "body", "value"),
      huge("messages", other?.message_id, "isIncoming", "value"),
      huge("listings", listing?.listing_id, "name", "huge"),
      huge("conversations", message?.conversation_id, "recipientName", "huge"),
    ]);

    const report = await night();

    expect(report.failures).toMatchObject([{ item_id: other?.message_id, message: expect.any(String) }]);
    expect(JSON.stringify(report).length).toBeLessThan(10_000);
    const stored = await account.database.db
      .collection("messages")
      .findOne({ message_id: message?.message_id });
    expect(stored?.["content"]).toHaveLength(10_000_000);
    const letter = await account.database.db.collection("sync_failures").findOne();
    expect(JSON.stringify(letter).length).toBeLessThan(20_000);
  });

  async function expectOthersToBeStored(poisoned: ReadonlySet<string>): Promise<void> {
    const touched = touchedBy(poisoned);
    const all = await differences();
    const missing = Object.entries(all).flatMap(([name, { missing: ids }]) =>
      ids.map((id) => `${name.slice(0, -1)}:${id}`),
    );
    const different = Object.entries(all).flatMap(([name, one]) =>
      one.different.map(({ id, ...fields }) => ({ name: `${name.slice(0, -1)}:${id}`, fields })),
    );
    const threadOf = threads();
    // The messages of a conversation that was not recognised are not there either.
    const excused = (name: string) => poisoned.has(name) || missing.includes(threadOf.get(name) ?? "");
    expect(missing.filter((name) => !excused(name))).toEqual([]);
    expect(different.filter(({ name }) => !touched.has(name))).toEqual([]);
  }
});
