import type { Db, Document } from "mongodb";
import type { LeaseRecord } from "../../src/domain/sync-state.ts";
import { LEASES } from "../../src/store/collections.ts";

const DATA_KEYS: Readonly<Record<string, string>> = {
  listings: "listing_id",
  reservations: "reservation_id",
  conversations: "conversation_id",
  messages: "message_id",
};

/** Every document of every collection there is, by collection. */
export async function everythingIn(
  db: Db,
  without: readonly string[] = [],
): Promise<Record<string, Document[]>> {
  const collections = await db.listCollections({}, { nameOnly: true }).toArray();
  const names = collections.map(({ name }) => name).filter((name) => !without.includes(name));
  return await documentsIn(db, names.sort());
}

/** Every document of the four data collections, by collection. */
export async function dataIn(db: Db): Promise<Record<string, Document[]>> {
  return await documentsIn(db, Object.keys(DATA_KEYS));
}

export async function documentsIn(db: Db, names: readonly string[]): Promise<Record<string, Document[]>> {
  const documents = names.map(async (name) => {
    return [name, await db.collection(name).find().sort({ _id: 1 }).toArray()] as const;
  });
  return Object.fromEntries(await Promise.all(documents));
}

/** How many documents of the four data collections share their id with another one. */
export async function countDuplicates(db: Db): Promise<number> {
  const counts = Object.entries(DATA_KEYS).map(async ([name, key]) => {
    const found = await db
      .collection(name)
      .find({}, { projection: { _id: 0, [key]: 1 } })
      .toArray();
    return found.length - new Set(found.map((document) => document[key])).size;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

export async function leaseOf(db: Db, accountId: string): Promise<LeaseRecord | null> {
  return await db.collection<LeaseRecord>(LEASES.name).findOne({ _id: accountId });
}

/** What time does to the lease of a process that is gone. */
export async function letLeaseRunOut(db: Db, accountId: string): Promise<void> {
  const expires_at = new Date(0);
  await db.collection<LeaseRecord>(LEASES.name).updateOne({ _id: accountId }, { $set: { expires_at } });
}
