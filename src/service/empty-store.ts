import type { StoreConnection } from "../app.ts";
import { COLLECTIONS } from "../store/collections.ts";
import { VIEWS } from "../store/view-pipelines.ts";

/** Drops collections and views one by one: dropping a database needs a right that few users have. */
export async function emptyStore({ db }: StoreConnection): Promise<void> {
  const names = [...VIEWS, ...COLLECTIONS].map(({ name }) => name);
  const found = await db.listCollections({ name: { $in: names } }, { nameOnly: true }).toArray();
  for (const { name } of found) await db.collection(name).drop();
}
