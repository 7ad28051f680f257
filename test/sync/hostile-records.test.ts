import { describe, expect, test } from "@jest/globals";
import { useTestAccount } from "../support/account.ts";
import { syncOnce } from "../support/run.ts";

const account = useTestAccount({ seed: 45, conversations: 12 });

const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
const wide = (fields: number) =>
  Object.fromEntries(Array.from({ length: fields }, (_, index) => [`field ${index}`, "x".repeat(1_000)]));
const withKey = (key: string) =>
  JSON.parse(`{"id":null,"recipientName":{${JSON.stringify(key)}:1},"body":{${JSON.stringify(key)}:[{}]}}`);

/** What JSON can hold and a database cannot, or not as it is. */
const RECORDS: readonly (readonly [string, unknown])[] = [
  ["a name with NUL in it", withKey("a\u0000")],
  ["a name that BSON takes for a type", withKey("_bsontype")],
  ["a value that looks like one of BSON's", { id: null, body: { _bsontype: "ObjectId", id: "x" } }],
  ["a name that is JavaScript's own", withKey("__proto__")],
  ["an operator", withKey("$where")],
  ["a path", withKey("a.b.c")],
  ["a name without letters", withKey("")],
  ["half a character in a name", withKey("\ud83d")],
  ["an endless name", withKey("x".repeat(200_000))],
  ["three thousand levels", { id: null, body: nested(3_000), recipientName: nested(3_000) }],
  ["ten thousand fields", { id: null, body: wide(10_000), recipientName: wide(10_000) }],
  ["a list of lists", { id: null, attachments: [[[[[[[[1]]]]]]]], recipientName: [[[[[[1]]]]]] }],
  ["a list", [1, 2, 3]],
  ["a text", "text"],
  ["nothing", null],
  ["a number", 12],
  ["an id that is no whole number", { id: 1.5, isIncoming: 1 }],
  ["an id below nothing", { id: -7, isIncoming: 1 }],
  ["an id like 1e300", { id: 1e300, isIncoming: 1 }],
  ["an id that is a path", { id: "../../etc", isIncoming: 1 }],
];

const letters = () => account.database.db.collection("sync_failures").find().toArray();

describe("P5: a record that cannot be kept costs itself, and its letter is written", () => {
  test.each(RECORDS)("in the list of conversations: %s", async (_, value) => {
    await account.simulate();
    const fault = { type: "poison", index: 1, change: "value", value } as const;
    account.simulator.faults.set([{ match: { endpoint: "conversations" }, fault }]);

    const report = await syncOnce(account.simulator, account.database);

    expect(report).toMatchObject({
      status: "partial",
      items: { conversations: { succeeded: 11, failed: 1 } },
    });
    expect(await letters()).toMatchObject([{ item_type: "conversation", error_type: "validation_error" }]);
  });

  test.each(RECORDS)("among the messages of a conversation: %s", async (_, value) => {
    await account.simulate();
    const id = [...account.simulator.oracle.conversations()].find(
      ({ message_counts }) => message_counts.total >= 3,
    )?.conversation_id;
    const all = [...account.simulator.oracle.messages()].length;
    const fault = { type: "poison", index: 1, change: "value", value } as const;
    account.simulator.faults.set([{ match: { path: `/conversations/${id}/messages` }, fault }]);

    const report = await syncOnce(account.simulator, account.database);

    expect(report).toMatchObject({
      status: "partial",
      items: { messages: { succeeded: all - 1, failed: 1 } },
    });
    expect(await letters()).toMatchObject([{ item_type: "message", conversation_id: id }]);
  });

  test("in the lists of properties and bookings", async () => {
    await account.simulate();
    const value = { ...withKey("a\u0000"), name: withKey("_bsontype"), guestName: withKey("a\u0000") };
    const fault = { type: "poison", index: 1, change: "value", value } as const;
    account.simulator.faults.set([
      { match: { endpoint: "listings" }, fault },
      { match: { endpoint: "reservations" }, fault },
    ]);

    const report = await syncOnce(account.simulator, account.database);

    expect(report).toMatchObject({
      status: "partial",
      items: { listings: { failed: 1 }, reservations: { failed: 1 }, conversations: { failed: 0 } },
    });
    expect((await letters()).map((letter) => letter["item_type"]).sort()).toEqual(["listing", "reservation"]);
  });
});
