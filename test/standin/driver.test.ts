import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Decimal128, type Document, Long, MongoBulkWriteError, MongoServerError } from "mongodb";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { isStandin } from "../support/server.ts";

let at: TestDatabase;

beforeAll(async () => {
  at = await openTestDatabase();
});

afterAll(async () => {
  await at?.close();
});

async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "accepted",
    (error: unknown) => (error instanceof MongoServerError ? error.code : error),
  );
}

test("a validator refuses what does not fit, in inserts, updates and upserts", async () => {
  const schema = { required: ["id"], properties: { id: { bsonType: "string" }, kind: { enum: ["a", "b"] } } };
  const things = await at.db.createCollection("validated", { validator: { $jsonSchema: schema } });
  await things.insertOne({ id: "1", kind: "a" });

  const codes = await Promise.all([
    refusalOf(things.insertOne({ id: 1 })),
    refusalOf(things.updateOne({ id: "1" }, { $set: { kind: "c" } })),
    refusalOf(things.updateOne({ id: "2" }, { $set: { kind: "c" } }, { upsert: true })),
  ]);

  expect(codes).toEqual([121, 121, 121]);
});

test("an unordered bulk stores the good and names each of the bad with MongoDB's code", async () => {
  const schema = { properties: { id: { bsonType: "string" } } };
  const things = await at.db.createCollection("bulk", { validator: { $jsonSchema: schema } });
  await things.createIndex({ id: 1 }, { unique: true });
  const documents = [{ id: "1" }, { id: "1" }, { id: 7 }, { id: "2" }];

  const error = await things
    .insertMany(documents, { ordered: false, writeConcern: { w: "majority", j: true } })
    .catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(MongoBulkWriteError);
  const errors = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
  expect(errors.map(({ index, code }) => [index, code])).toEqual([
    [1, 11000],
    [2, 121],
  ]);
  expect(await things.countDocuments()).toBe(2);
});

test("values come back as they went in: decimals, longs, dates, emoji, embedded NULs", async () => {
  const document = {
    price: Decimal128.fromString("129.50"),
    big: Long.fromString("9007199254740993"),
    at: new Date("2024-02-29T23:59:59.999Z"),
    text: "Grüße 👩‍👩‍👧‍👦 \u0000 שלום\r\n",
    nothing: null,
    list: [1, 2.5, { deep: true }],
  };
  const things = at.db.collection("values");
  await things.createIndex({ text: "text" });
  const { insertedId } = await things.insertOne(document);

  const found = await things.findOne({ _id: insertedId }, { promoteLongs: false });

  expect(found).toMatchObject({ ...document, list: expect.anything() });
});

test("a long text inside a text index is stored, or refused alone", async () => {
  const texts = at.db.collection<{ _id: string; body: string }>("long");
  await texts.createIndex({ body: "text" });
  const distinctWords = Array.from({ length: 600_000 }, (_, i) => `w${i}`).join(" ");
  const bodies = ["first", "x".repeat(1 << 20), distinctWords, "last"];

  await texts
    .insertMany(
      bodies.map((body, i) => ({ _id: String(i), body })),
      { ordered: false },
    )
    .catch((error: unknown) => expect(error).toBeInstanceOf(MongoBulkWriteError));

  const stored = await texts.find({}, { projection: { _id: 1 } }).toArray();
  expect(stored.map(({ _id }) => _id)).toEqual(expect.arrayContaining(["0", "1", "3"]));
});

test("indexes are created idempotently and a conflict is told", async () => {
  const things = at.db.collection("indexed");
  await things.createIndex({ a: 1, b: 1 }, { name: "ab" });
  await things.createIndex({ a: 1, b: 1 }, { name: "ab" });
  await things.createIndex({ gone: 1 }, { name: "ttl", expireAfterSeconds: 3600 });

  const code = await refusalOf(things.createIndex({ c: 1 }, { name: "ab" }));

  expect(code).toBe(86);
  const indexes = await things.indexes();
  expect(indexes.map(({ name }) => name)).toEqual(["_id_", "ab", "ttl"]);
  expect(indexes.find(({ name }) => name === "ttl")).toMatchObject({ expireAfterSeconds: 3600 });
});

test("cursors give every document once over many batches, and can be left early", async () => {
  const things = at.db.collection<{ _id: number }>("many");
  await things.insertMany(Array.from({ length: 5_000 }, (_, i) => ({ _id: i })));

  const sorted = await things.find().sort({ _id: 1 }).batchSize(101).toArray();
  const early = things.find().batchSize(10);
  const one = await early.next();
  await early.close();

  expect(sorted.map(({ _id }) => _id)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  expect(one).not.toBeNull();
});

test("text search, grouping, views and collMod work", async () => {
  const talks = at.db.collection("talks");
  await talks.createIndex({ text: "text" });
  await talks.insertMany([
    { who: "a", text: "where is parking" },
    { who: "a", text: "late check in" },
    { who: "b", text: "parking please" },
  ]);
  await at.db.createCollection("v_talks", { viewOn: "talks", pipeline: [{ $match: { who: "a" } }] });

  const found = await talks.countDocuments({ $text: { $search: "parking" } });
  const groups = await talks
    .aggregate([{ $group: { _id: "$who", n: { $sum: 1 } } }, { $sort: { _id: 1 } }])
    .toArray();
  const viewed = await at.db.collection("v_talks").countDocuments();
  await at.db.command({ collMod: "talks", validator: { $jsonSchema: { required: ["who"] } } });

  expect([found, viewed]).toEqual([2, 2]);
  expect(groups).toEqual([
    { _id: "a", n: 2 },
    { _id: "b", n: 1 },
  ]);
  expect(await refusalOf(talks.insertOne({ text: "nobody" }))).toBe(121);
});

test("$$NOW is the server's time in pipelines, updates and filters", async () => {
  const leases = at.db.collection<{ _id: string; until?: Date }>("leases");
  await leases.createIndex({ until: 1 });
  await leases.updateOne({ _id: "a" }, [{ $set: { until: { $subtract: ["$$NOW", 1000] } } }], {
    upsert: true,
  });

  const expired = { $expr: { $lt: ["$until", "$$NOW"] } };
  const found = await leases.findOne(expired);
  const { modifiedCount } = await leases.updateOne(expired, [
    { $set: { until: { $add: ["$$NOW", 60_000] } } },
  ]);

  expect(found?.until).toBeInstanceOf(Date);
  expect(modifiedCount).toBe(1);
  expect(await leases.countDocuments(expired)).toBe(0);
});

test("a plan tells whether an index is used", async () => {
  const things = at.db.collection("planned");
  await things.createIndex({ a: 1 }, { name: "by_a" });
  await things.insertMany(Array.from({ length: 500 }, (_, i) => ({ a: i, b: i })));

  const indexed = JSON.stringify(await things.find({ a: 5 }).explain());
  const scanned = JSON.stringify(await things.find({ b: 5 }).explain());

  expect(indexed).toContain('"IXSCAN"');
  expect(indexed).toContain('"by_a"');
  expect(scanned).toContain('"COLLSCAN"');
});

test("a plan that was carried out tells what it examined and what it returned", async () => {
  const standin = await isStandin(at.db);
  const things = at.db.collection("examined");
  await things.createIndex({ kind: 1 });
  await things.insertMany(Array.from({ length: 500 }, (_, i) => ({ kind: i % 10, number: i })));
  const statsOf = async (filter: Document, limit = 0) =>
    (await things.find(filter).limit(limit).explain("executionStats"))["executionStats"];
  const numbers = (nReturned: number, totalKeysExamined: number, totalDocsExamined: number) =>
    expect.objectContaining({ nReturned, totalKeysExamined, totalDocsExamined });

  expect(await statsOf({ kind: 5 })).toEqual(numbers(50, 50, 50));
  // MongoDB counts the key at which it sees that it is beyond a range, too.
  const both = await statsOf({ kind: { $in: [5, 6] } });
  expect(both).toEqual(numbers(100, standin ? 100 : both["totalKeysExamined"], 100));
  expect(both["totalKeysExamined"]).toBeLessThanOrEqual(102);
  expect(await statsOf({ kind: 5, number: { $lt: 25 } })).toEqual(numbers(2, 50, 50));
  expect(await statsOf({ kind: 5, number: -1 })).toEqual(numbers(0, 50, 50));
  expect(await statsOf({ number: { $gte: 100 } }, 5)).toEqual(numbers(5, 0, 105));
  const limited = await statsOf({ kind: 5 }, 7);
  expect(limited).toMatchObject({
    nReturned: 7,
    totalDocsExamined: 7,
    executionTimeMillis: expect.any(Number),
  });
  expect(limited["totalKeysExamined"]).toBeGreaterThanOrEqual(7);
  expect(limited["totalKeysExamined"]).toBeLessThanOrEqual(50);
});

test("what a plan does more than once counts each time", async () => {
  const things = at.db.collection("examined");
  const pipeline = [
    { $match: { kind: 5, number: { $lt: 25 } } },
    { $lookup: { from: "examined", localField: "kind", foreignField: "kind", as: "alike" } },
  ];

  // Where MongoDB tells these numbers depends on its engine; the shape is the stand-in's alone.
  if (!(await isStandin(at.db))) return;
  const { executionStats } = await things.aggregate(pipeline).explain("executionStats");

  expect(executionStats).toMatchObject({ nReturned: 2, totalKeysExamined: 150, totalDocsExamined: 150 });
});

test("a plan that was only made tells nothing of what it would examine", async () => {
  const plan = await at.db.collection("examined").find({ kind: 5 }).explain("queryPlanner");

  expect(plan).not.toHaveProperty("executionStats");
});

test("bulks of upserts into a fresh collection store every document once", async () => {
  const things = at.db.collection("fresh");
  await things.createIndex({ id: 1 }, { unique: true });
  const upsert = (i: number) => ({
    updateOne: {
      filter: { id: String(i) },
      update: { $setOnInsert: { body: "x".repeat(300) } },
      upsert: true,
    },
  });

  for (let batch = 0; batch < 4; batch += 1) {
    await things.bulkWrite(
      Array.from({ length: 500 }, (_, i) => upsert(batch * 500 + i)),
      { ordered: false },
    );
  }

  expect(await things.countDocuments()).toBe(2_000);
});

test("what the server cannot do it refuses with MongoDB's code", async () => {
  const codes = await Promise.all([
    refusalOf(at.db.command({ frobnicate: 1 })),
    refusalOf(at.db.command({ getMore: Long.fromNumber(4711), collection: "many" })),
    refusalOf(at.db.collection("many").updateOne({}, { $bad: { a: 1 } } as never)),
    refusalOf(at.db.command({ drop: "nonesuch", writeConcern: { w: 1 } })),
  ]);

  expect(codes.slice(0, 3)).toEqual([59, 43, 9]);
});
