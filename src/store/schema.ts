import { isDeepStrictEqual } from "node:util";
import { type Db, type Document, MongoNetworkTimeoutError, MongoServerError } from "mongodb";
import { ItemError } from "../domain/failure.ts";
import { COLLECTIONS, type CollectionSpec } from "./collections.ts";
import { isAccessDenied, NAMESPACE_EXISTS, storageOperation } from "./errors.ts";
import { retryRaces } from "./retry-races.ts";
import { toValidator } from "./validator.ts";

/** An index of ours that the database holds under the same name with another meaning. */
export interface IndexConflict {
  readonly collection: string;
  readonly index: string;
  /** Without it a promise breaks: messages would not be unique. */
  readonly unique: boolean;
}

export interface Prepared {
  readonly conflicts: readonly IndexConflict[];
  /** Collections whose validator is an older version's: this user may not change it. Nothing else depends on that. */
  readonly outdated: readonly string[];
}

const preparing = storageOperation("preparing the collections");

/**
 * Creates missing collections with their validators, and missing indexes. Safe to repeat, and for two processes at
 * once. An index of the same name with another meaning is reported, never dropped.
 */
export async function ensureSchema(db: Db): Promise<Prepared> {
  const conflicts: IndexConflict[] = [];
  const outdated: string[] = [];
  for (const spec of COLLECTIONS) {
    const isCurrent = await preparing(() => retryRaces(() => ensureCollection(db, spec)));
    if (!isCurrent) outdated.push(spec.name);
    conflicts.push(...(await preparing(() => retryRaces(() => ensureIndexes(db, spec)))));
  }
  return { conflicts, outdated };
}

/**
 * A collection that is up to date is left alone: changing it locks out its users. False when its validator is of
 * another version and this user has no right to change it: `collMod` is not part of `readWrite`.
 */
async function ensureCollection(db: Db, { name, schema }: CollectionSpec): Promise<boolean> {
  const validator = toValidator(schema);
  const [held] = await db.listCollections({ name }, { nameOnly: false }).toArray();
  if (!held) await createCollection(db, name, validator);
  else if (!isDeepStrictEqual(held.options?.["validator"] ?? {}, validator)) {
    return await mayChange(() => db.command({ collMod: name, validator }));
  }
  return true;
}

/** False when the right to do so is missing. */
export async function mayChange(change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    if (isAccessDenied(error)) return false;
    throw error;
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
  const conflicts = await findConflicts(db, spec);
  const blocked = new Set(conflicts.map(({ index }) => index));
  const wanted = spec.indexes.filter(({ name }) => missing.has(name) && !blocked.has(name));
  if (wanted.length > 0) await createIndexes(db, spec.name, wanted);
  return conflicts;
}

/** A large collection takes longer than a question may; the server goes on, and the next run finds the index there. */
async function createIndexes(db: Db, name: string, wanted: CollectionSpec["indexes"]): Promise<void> {
  try {
    await db.collection(name).createIndexes([...wanted]);
  } catch (error) {
    if (!(error instanceof MongoNetworkTimeoutError)) throw error;
    throw new ItemError(
      "storage_error",
      `preparing the collections: MongoDB is still building the indexes of ${name}, the next run goes on when they are there`,
      { endsRun: true },
    );
  }
}

/** Indexes that stand in the way of ours; an empty list also when the collection does not exist. */
export async function findConflicts(db: Db, { name, indexes }: CollectionSpec): Promise<IndexConflict[]> {
  const present = await listIndexes(db, name);
  return indexes.flatMap((wanted) => {
    const held =
      present.find((index) => index["name"] === wanted.name) ??
      present.find((index) => standsInTheWay(wanted, index));
    if (!held || hasSameMeaning(wanted, held)) return [];
    return [{ collection: name, index: wanted.name, unique: wanted.unique === true }];
  });
}

/** MongoDB makes no second index with the same keys, nor a second text index, under whatever name. */
function standsInTheWay(
  wanted: CollectionSpec["indexes"][number],
  held: Readonly<Record<string, unknown>>,
): boolean {
  const isText = Object.values(wanted.key).includes("text");
  const holdsText = Object.values(Object(held["key"])).includes("text");
  if (isText || holdsText) return isText && holdsText;
  const isPlain = held["partialFilterExpression"] === undefined && held["collation"] === undefined;
  return isPlain && JSON.stringify(wanted.key) === JSON.stringify(held["key"]);
}

/** The names of our indexes that the database lacks. */
export async function findMissing(db: Db, { name, indexes }: CollectionSpec): Promise<string[]> {
  const present = await listIndexes(db, name);
  const isThere = (wanted: CollectionSpec["indexes"][number]) =>
    present.some(
      (index) =>
        index["name"] === wanted.name || (standsInTheWay(wanted, index) && hasSameMeaning(wanted, index)),
    );
  return indexes.filter((wanted) => !isThere(wanted)).map((wanted) => wanted.name);
}

async function listIndexes(db: Db, name: string) {
  const exists = await db.listCollections({ name }, { nameOnly: true }).hasNext();
  return exists ? await db.collection(name).listIndexes().toArray() : [];
}

function hasSameMeaning(
  wanted: CollectionSpec["indexes"][number],
  held: Readonly<Record<string, unknown>>,
): boolean {
  if ((wanted.unique === true) !== (held["unique"] === true)) return false;
  if (wanted.expireAfterSeconds !== held["expireAfterSeconds"]) return false;
  // A text index is kept under internal keys (`_fts`); its name is as much as can be compared.
  const isText = Object.values(wanted.key).includes("text");
  return isText || JSON.stringify(wanted.key) === JSON.stringify(held["key"]);
}
