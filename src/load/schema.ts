import { isDeepStrictEqual } from "node:util";
import { type Db, type Document, MongoServerError } from "mongodb";
import { COLLECTIONS, type CollectionSpec } from "./collections.ts";
import { isStoreGone, NAMESPACE_EXISTS, toStorageError } from "./errors.ts";
import { toValidator } from "./validator.ts";

/** An index of ours that the database holds under the same name with another meaning. */
export interface IndexConflict {
  readonly collection: string;
  readonly index: string;
  /** Without it a promise breaks: messages would not be unique. */
  readonly unique: boolean;
}

/** Somebody else may be making the same things at this moment: by the fifth look they are there. */
const TRIES = 5;

/**
 * Creates what is missing: collections with their validators, and indexes. Safe to repeat, and for two
 * processes at once. An index of the same name that means something else is reported, never dropped.
 */
export async function ensureSchema(db: Db): Promise<readonly IndexConflict[]> {
  const conflicts: IndexConflict[] = [];
  for (const spec of COLLECTIONS) conflicts.push(...(await ensurePatiently(db, spec)));
  return conflicts;
}

async function ensurePatiently(db: Db, spec: CollectionSpec): Promise<IndexConflict[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      await ensureCollection(db, spec);
      return await ensureIndexes(db, spec);
    } catch (error) {
      if (tries >= TRIES || isStoreGone(error)) throw toStorageError(error, "preparing the collections");
    }
  }
}

/** Leaves alone what is as it should be: changing a collection locks out whoever uses it. */
async function ensureCollection(db: Db, { name, schema }: CollectionSpec): Promise<void> {
  const validator = toValidator(schema);
  const [held] = await db.listCollections({ name }, { nameOnly: false }).toArray();
  if (!held) await createCollection(db, name, validator);
  else if (!isDeepStrictEqual(held.options?.["validator"] ?? {}, validator)) {
    await db.command({ collMod: name, validator });
  }
}

async function createCollection(db: Db, name: string, validator: Document): Promise<void> {
  try {
    await db.createCollection(name, { validator });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) throw error;
  }
}

async function ensureIndexes(db: Db, spec: CollectionSpec): Promise<IndexConflict[]> {
  const missing = new Set(await findMissing(db, spec));
  const wanted = spec.indexes.filter(({ name }) => missing.has(name));
  if (wanted.length > 0) await db.collection(spec.name).createIndexes([...wanted]);
  return await findConflicts(db, spec);
}

/** What stands in the way of our indexes; an empty list also when the collection does not exist. */
export async function findConflicts(db: Db, { name, indexes }: CollectionSpec): Promise<IndexConflict[]> {
  const present = new Map((await listIndexes(db, name)).map((index) => [String(index["name"]), index]));
  return indexes.flatMap((wanted) => {
    const held = present.get(wanted.name);
    if (!held || isSame(wanted, held)) return [];
    return [{ collection: name, index: wanted.name, unique: wanted.unique === true }];
  });
}

/** The names of those of our indexes that are not there. */
export async function findMissing(db: Db, { name, indexes }: CollectionSpec): Promise<string[]> {
  const present = new Set((await listIndexes(db, name)).map((index) => index["name"]));
  return indexes.filter((wanted) => !present.has(wanted.name)).map((wanted) => wanted.name);
}

async function listIndexes(db: Db, name: string) {
  const exists = await db.listCollections({ name }, { nameOnly: true }).hasNext();
  return exists ? await db.collection(name).listIndexes().toArray() : [];
}

function isSame(wanted: CollectionSpec["indexes"][number], held: Readonly<Record<string, unknown>>): boolean {
  if ((wanted.unique === true) !== (held["unique"] === true)) return false;
  if (wanted.expireAfterSeconds !== held["expireAfterSeconds"]) return false;
  // A text index is kept under internal keys (`_fts`); its name is as much as can be compared.
  const isText = Object.values(wanted.key).includes("text");
  return isText || JSON.stringify(wanted.key) === JSON.stringify(held["key"]);
}
