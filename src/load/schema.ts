import { type Db, MongoServerError } from "mongodb";
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

/** Somebody else may be making the same things at this moment: by the third look they are there. */
const TRIES = 3;

/**
 * Creates what is missing: collections with their validators, and indexes. Safe to repeat, and for two
 * processes at once. An index of the same name that means something else is reported, never dropped.
 */
export async function ensureSchema(db: Db): Promise<readonly IndexConflict[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ensureAll(db);
    } catch (error) {
      if (tries >= TRIES || isStoreGone(error)) throw toStorageError(error, "preparing the collections");
    }
  }
}

async function ensureAll(db: Db): Promise<IndexConflict[]> {
  const existing = new Set(
    (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name),
  );
  const conflicts: IndexConflict[] = [];
  for (const spec of COLLECTIONS) {
    await ensureCollection(db, spec, existing.has(spec.name));
    conflicts.push(...(await ensureIndexes(db, spec)));
  }
  return conflicts;
}

async function ensureCollection(db: Db, { name, schema }: CollectionSpec, exists: boolean): Promise<void> {
  const validator = schema ? toValidator(schema) : {};
  if (exists) {
    if (schema) await db.command({ collMod: name, validator });
    return;
  }
  try {
    await db.createCollection(name, { validator });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) throw error;
  }
}

async function ensureIndexes(db: Db, spec: CollectionSpec): Promise<IndexConflict[]> {
  const conflicts = await findConflicts(db, spec);
  const clashing = new Set(conflicts.map(({ index }) => index));
  const wanted = spec.indexes.filter(({ name }) => !clashing.has(name));
  if (wanted.length > 0) await db.collection(spec.name).createIndexes([...wanted]);
  return conflicts;
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
  // A text index is kept under internal keys (`_fts`); its name is as much as can be compared.
  const isText = Object.values(wanted.key).includes("text");
  return isText || JSON.stringify(wanted.key) === JSON.stringify(held["key"]);
}
