import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { MongoClient, MongoServerError } from "mongodb";
import { COLLECTIONS, MESSAGES } from "../../src/store/collections.ts";
import { ensureSchema, findMissing, mayChange } from "../../src/store/schema.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

const indexNames = async (collection: string) =>
  (await database.db.collection(collection).listIndexes().toArray()).map(({ name }) => name);

test("every collection has its indexes, however often they are asked for", async () => {
  expect(await ensureSchema(database.db)).toEqual({ conflicts: [], outdated: [] });
  expect(await ensureSchema(database.db)).toEqual({ conflicts: [], outdated: [] });

  for (const spec of COLLECTIONS) {
    expect(await indexNames(spec.name)).toEqual(["_id_", ...spec.indexes.map(({ name }) => name)]);
  }
});

test("two processes that start at once do not get in each other's way", async () => {
  const conflicts = await Promise.all([ensureSchema(database.db), ensureSchema(database.db)]);

  const nothing = { conflicts: [], outdated: [] };
  expect(conflicts).toEqual([nothing, nothing]);
});

test("P7: what is as it should be is not changed again", async () => {
  await ensureSchema(database.db);
  const commands: string[] = [];
  const watched = await MongoClient.connect(database.uri, { monitorCommands: true });
  watched.on("commandStarted", ({ commandName }) => commands.push(commandName));

  await ensureSchema(watched.db(database.name));
  await watched.close();

  expect(new Set(commands)).toEqual(new Set(["listCollections", "listIndexes", "endSessions"]));
});

test("a validator of an older version is replaced", async () => {
  await database.db.createCollection(MESSAGES.name, { validator: { $jsonSchema: { required: ["other"] } } });

  await ensureSchema(database.db);

  const [held] = await database.db.listCollections({ name: MESSAGES.name }).toArray();
  expect(JSON.stringify(held)).toContain("message_id");
});

test("what is missing is named before anything is made", async () => {
  expect(await findMissing(database.db, MESSAGES)).toEqual(MESSAGES.indexes.map(({ name }) => name));
});

test("an index of the same name that means something else is reported, and stays", async () => {
  const name = "account_id_1_timestamp_1";
  await database.db.collection(MESSAGES.name).createIndex({ guest: 1 }, { name });

  expect(await ensureSchema(database.db)).toMatchObject({
    conflicts: [{ collection: "messages", index: name, unique: false }],
  });

  const indexes = await database.db.collection(MESSAGES.name).listIndexes().toArray();
  expect(indexes.find((index) => index["name"] === name)).toMatchObject({ key: { guest: 1 } });
});

test("an index of ours under another name serves as well, and is not made again", async () => {
  await database.db
    .collection(MESSAGES.name)
    .createIndex({ account_id: 1, timestamp: 1 }, { name: "made by hand" });

  expect(await ensureSchema(database.db)).toEqual({ conflicts: [], outdated: [] });

  expect(await indexNames(MESSAGES.name)).not.toContain("account_id_1_timestamp_1");
  expect(await findMissing(database.db, MESSAGES)).toEqual([]);
});

test("one with the same keys that is less than ours, under another name, is reported, and nothing else fails", async () => {
  await database.db.collection(MESSAGES.name).createIndex({ message_id: 1 }, { name: "not unique" });

  expect(await ensureSchema(database.db)).toMatchObject({
    conflicts: [{ collection: "messages", index: "message_id_1", unique: true }],
  });

  expect(await indexNames(MESSAGES.name)).toContain("account_id_1_timestamp_1");
});

test("a user without the right to change a validator goes on with the older one", async () => {
  const denied = new MongoServerError({ message: "not authorized on hostaway", code: 13 });

  expect(await mayChange(() => Promise.reject(denied))).toBe(false);
  expect(await mayChange(() => Promise.resolve())).toBe(true);
  await expect(
    mayChange(() => Promise.reject(new MongoServerError({ message: "no", code: 2 }))),
  ).rejects.toThrow();
});

test("messages cannot be stored twice, whoever writes them", async () => {
  await ensureSchema(database.db);
  const raw = database.db.collection(MESSAGES.name);
  const insert = () => raw.insertOne({ message_id: "1" }, { bypassDocumentValidation: true });
  await insert().catch(() => undefined);

  await expect(insert()).rejects.toThrow();
});
