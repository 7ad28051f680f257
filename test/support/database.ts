import { randomUUID } from "node:crypto";
import { type Db, MongoClient } from "mongodb";

export interface TestDatabase {
  readonly db: Db;
  readonly client: MongoClient;
  readonly uri: string;
  readonly name: string;
  /** Drops the database. */
  close(): Promise<void>;
}

/** A database of one's own on the server that the test run started. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const uri = process.env["TEST_MONGODB_URI"];
  if (uri === undefined) throw new Error("TEST_MONGODB_URI is not set: tests start it in global-setup.js");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 10_000 });
  const db = client.db(name);
  return {
    db,
    client,
    uri,
    name,
    async close() {
      await db.dropDatabase();
      await client.close();
    },
  };
}
