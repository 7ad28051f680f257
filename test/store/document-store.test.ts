import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Collection, Db } from "mongodb";
import { MESSAGES } from "../../src/store/collections.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { createStores } from "../../src/store/stores.ts";
import { dryRunContext, type WriteContext } from "../../src/store/write-context.ts";
import type { Stores } from "../../src/sync/ports.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { message } from "../support/records.ts";

let database: TestDatabase;
let clock: FakeClock;
let stores: Stores;

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureSchema(database.db);
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.collection(MESSAGES.name).deleteMany({});
  clock = createFakeClock();
  stores = createStores(database.db, writing());
});

const writing = (): WriteContext => ({ ...dryRunContext(clock), dryRun: false });
const stored = () => database.db.collection(MESSAGES.name).find().sort({ message_id: 1 }).toArray();
const contents = async () => (await stored()).map(({ content }) => content);

/** The database, with something that happens just before the first write to it. */
function beforeFirstWrite(happen: () => Promise<unknown>): Db {
  let happened = false;
  const slow = (collection: Collection) =>
    new Proxy(collection, {
      get(target, name) {
        if (name !== "bulkWrite" || happened)
          return Reflect.get(target, name).bind?.(target) ?? target.collectionName;
        return async (...args: Parameters<Collection["bulkWrite"]>) => {
          happened = true;
          await happen();
          return await target.bulkWrite(...args);
        };
      },
    });
  return new Proxy(database.db, {
    get: (target, name) =>
      name === "collection"
        ? (collection: string) => slow(target.collection(collection))
        : Reflect.get(target, name).bind(target),
  });
}

async function aDayLater(): Promise<void> {
  const night = clock.sleep(86_400_000);
  await clock.run();
  await night;
}

describe("the message store", () => {
  test("counts what is new, changed and unchanged", async () => {
    await stores.messages.upsertMany([message({ id: 1 }), message({ id: 2 })]);

    const result = await stores.messages.upsertMany([
      message({ id: 1 }),
      message({ id: 2, body: "edited", updatedOn: "2018-07-17 00:00:00" }),
      message({ id: 3 }),
    ]);

    expect(result).toEqual({ inserted: 1, updated: 1, unchanged: 1, refused: [] });
  });

  test("P7: what has not changed is not touched, not even its updated_at", async () => {
    const page = [message({ id: 1 }), message({ id: 2 })];
    await stores.messages.upsertMany(page);
    const before = await stored();
    await aDayLater();

    await stores.messages.upsertMany(page);

    expect(await stored()).toEqual(before);
  });

  test("a change keeps created_at and moves updated_at", async () => {
    await stores.messages.upsertMany([message({ body: "first" })]);
    await aDayLater();
    await stores.messages.upsertMany([message({ body: "second" })]);

    expect(await stored()).toMatchObject([
      {
        content: "second",
        created_at: new Date("2026-01-01T01:00:00Z"),
        updated_at: new Date("2026-01-02T01:00:00Z"),
      },
    ]);
  });

  test("P3: an older record never overwrites a newer one", async () => {
    await stores.messages.upsertMany([message({ body: "new", updatedOn: "2018-07-20 00:00:00" })]);

    const older = await stores.messages.upsertMany([
      message({ body: "old", updatedOn: "2018-07-19 00:00:00" }),
    ]);
    const undated = message({ body: "garbage", updatedOn: null, insertedOn: null });
    const timeless = await stores.messages.upsertMany([undated]);

    expect([older.unchanged, timeless.unchanged]).toEqual([1, 1]);
    expect(await contents()).toEqual(["new"]);
  });

  test("P3: of two versions on one page the newer is stored, whatever their order", async () => {
    const newer = message({ body: "newer", updatedOn: "2018-07-20 00:00:00" });
    const older = message({ body: "older", updatedOn: "2018-07-19 00:00:00" });

    expect(await stores.messages.upsertMany([newer, older])).toMatchObject({ inserted: 1, unchanged: 1 });
    expect(await contents()).toEqual(["newer"]);
  });

  test("P2, P3: many writers of the same messages leave one document each, the newest", async () => {
    const versions = Array.from({ length: 8 }, (_, day) =>
      Array.from({ length: 20 }, (_, id) =>
        message({ id: id + 1, body: `version ${day}`, updatedOn: `2018-07-2${day} 00:00:00` }),
      ),
    );

    const writers = versions.map(() => createStores(database.db, writing()));
    const results = await Promise.all(
      writers.map(({ messages }, index) => messages.upsertMany(versions[index] ?? [])),
    );

    expect(results.flatMap(({ refused }) => refused)).toEqual([]);
    expect(results.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(20);
    expect(await contents()).toEqual(Array.from({ length: 20 }, () => "version 7"));
  });

  test.each([
    ["a newer version", { body: "newer", updatedOn: "2018-07-22 00:00:00" }, "newer"],
    ["an older version", { body: "older", updatedOn: "2018-07-20 00:00:00" }, "mine"],
  ])(
    "P3: what somebody else writes between comparison and write is compared, too: %s",
    async (_, theirs, wins) => {
      await stores.messages.upsertMany([message({ body: "first", updatedOn: "2018-07-19 00:00:00" })]);
      const others = createStores(database.db, writing());
      const slow = createStores(
        beforeFirstWrite(() => others.messages.upsertMany([message(theirs)])),
        writing(),
      );

      const result = await slow.messages.upsertMany([
        message({ body: "mine", updatedOn: "2018-07-21 00:00:00" }),
        message({ id: 2 }),
      ]);

      expect(await contents()).toEqual(["hello guest", wins]);
      expect(result).toMatchObject({ inserted: 1, refused: [] });
    },
  );

  test("P5: a document that the validator refuses costs itself; its neighbours are stored", async () => {
    const bad = { ...message({ id: 2 }), direction: "sideways" };

    const result = await stores.messages.upsertMany([message({ id: 1 }), bad as never, message({ id: 3 })]);

    expect(result).toMatchObject({
      inserted: 2,
      refused: [{ id: "2", reason: expect.stringContaining("121") }],
    });
    expect((await stored()).map(({ message_id }) => message_id)).toEqual(["1", "3"]);
  });

  test("P5: a document too large for the database costs itself; its neighbours are stored", async () => {
    const huge = message({ id: 2, body: "x".repeat(17 * 2 ** 20) });

    const result = await stores.messages.upsertMany([message({ id: 1 }), huge, message({ id: 3 })]);

    expect(result).toMatchObject({ inserted: 2, refused: [{ id: "2" }] });
  });

  test.each(["$content and $100", '{"$gt":""}', "line\nbreak", "👩‍👩‍👧‍👦 🇵🇹 漢字 עברית", "\ud800 alone"])(
    "the text %j survives as it is",
    async (body) => {
      await stores.messages.upsertMany([message({ body })]);

      expect(await contents()).toEqual([body.toWellFormed()]);
      expect(await stores.messages.upsertMany([message({ body })])).toMatchObject({ unchanged: 1 });
    },
  );

  test("a body that is no longer HTML loses its old original", async () => {
    await stores.messages.upsertMany([message({ body: "<p>hello</p>" })]);
    await stores.messages.upsertMany([message({ body: "hello" })]);

    const [document] = await stored();
    expect(document).toMatchObject({ content: "hello" });
    expect(document).not.toHaveProperty("content_html");
  });
});
