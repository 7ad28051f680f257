import { type AnyBulkWriteOperation, BSON, type Collection, type Document } from "mongodb";
import type { Clock } from "../clock.ts";
import type { DocumentStore, Upserted } from "../pipeline/ports.ts";
import { type Written, writeEach } from "./bulk-write.ts";
import { type Bookkeeping, SCHEMA_VERSION } from "./collections.ts";
import { hashContent } from "./content-hash.ts";
import { DUPLICATE_KEY, toStorageError } from "./errors.ts";

/** Conversations have no time of their own to be compared by; only one run writes them at a time. */
interface Sourced {
  readonly source_updated_at?: Date | null;
}

type Stored = Bookkeeping & Sourced & Document;
type Held = Pick<Stored, "content_hash" | "source_updated_at">;

/** A document on its way into the collection. */
interface Incoming {
  readonly id: string;
  readonly hash: string;
  readonly document: Sourced & Document;
  /** Too large for MongoDB; the driver would fail the whole batch for it. */
  readonly oversized: boolean;
}

/** MongoDB's limit, less room for the bookkeeping. */
const LARGEST_DOCUMENT_BYTES = 16 * 2 ** 20 - 16_384;
/** Shorter texts cannot reach the limit: no UTF-16 unit takes more than three bytes. */
const SUSPICIOUS_LENGTH = LARGEST_DOCUMENT_BYTES / 4;

/**
 * Upserts a page: one `find` for what is held, then one unordered `bulkWrite` of only the new and the
 * changed. What is the same is not touched (P7); what is older than the held never wins (P3), also when
 * somebody else writes in between: an update repeats the comparison inside the database, an insert that
 * came second is compared once more.
 *
 * @param key the field that identifies a document; it has a unique index (P2)
 */
export function createDocumentStore<D extends Sourced & object>(
  collection: Collection<Stored>,
  key: keyof D & string,
  clock: Clock,
): DocumentStore<D> {
  async function upsert(
    batch: readonly Incoming[],
    retryRaces: boolean,
  ): Promise<Written<Incoming> & { readonly unchanged: number }> {
    const held = await findHeld(collection, key, batch);
    const news = batch.filter((incoming) => isNews(incoming, held.get(incoming.id)));
    const now = clock.now();
    const writes = news.map((item) => ({ item, operation: toOperation(key, item, held.has(item.id), now) }));
    const written = await writeEach(collection, writes);
    const unchanged = batch.length - written.inserted - written.updated - written.refused.length;
    const races = written.refused.filter(({ code }) => code === DUPLICATE_KEY);
    if (races.length === 0 || !retryRaces) return { ...written, unchanged };
    const again = await upsert(
      races.map(({ item }) => item),
      false,
    );
    return {
      inserted: written.inserted + again.inserted,
      updated: written.updated + again.updated,
      unchanged: unchanged + again.unchanged,
      refused: [...written.refused.filter(({ code }) => code !== DUPLICATE_KEY), ...again.refused],
    };
  }

  return {
    async upsertMany(documents): Promise<Upserted> {
      if (documents.length === 0) return { inserted: 0, updated: 0, unchanged: 0, refused: [] };
      const batch = newestOfEach(documents.map((document) => toIncoming(key, document)));
      const oversized = batch.filter((incoming) => incoming.oversized);
      try {
        const fitting = batch.filter((incoming) => !incoming.oversized);
        const { refused, unchanged, ...counts } = await upsert(fitting, true);
        return {
          ...counts,
          unchanged: unchanged + documents.length - batch.length,
          refused: [
            ...refused.map(({ item, reason }) => ({ id: item.id, reason })),
            ...oversized.map(({ id }) => ({ id, reason: "larger than the 16 MB that MongoDB allows" })),
          ],
        };
      } catch (error) {
        throw toStorageError(error, `writing to ${collection.collectionName}`);
      }
    },
  };
}

function toIncoming<D extends Sourced & object>(key: keyof D & string, document: D): Incoming {
  const { hash, length } = hashContent(document);
  const oversized = length > SUSPICIOUS_LENGTH && BSON.calculateObjectSize(document) > LARGEST_DOCUMENT_BYTES;
  return { id: String(document[key]), hash, document, oversized };
}

/** A list that moved while it was read may show an item twice on one page. */
function newestOfEach(batch: readonly Incoming[]): Incoming[] {
  const newest = new Map<string, Incoming>();
  for (const incoming of batch) {
    const other = newest.get(incoming.id);
    if (!other || !isOlder(incoming.document, other.document)) newest.set(incoming.id, incoming);
  }
  return [...newest.values()];
}

async function findHeld(
  collection: Collection<Stored>,
  key: string,
  batch: readonly Incoming[],
): Promise<Map<string, Held>> {
  const projection = { _id: 0, [key]: 1, content_hash: 1, source_updated_at: 1 };
  const found = await collection
    .find({ [key]: { $in: batch.map(({ id }) => id) } } as Document, {
      projection,
      batchSize: batch.length + 1,
    })
    .toArray();
  return new Map(found.map((document) => [String(document[key]), document]));
}

function isNews({ hash, document }: Incoming, held: Held | undefined): boolean {
  return held === undefined || (held.content_hash !== hash && !isOlder(document, held));
}

/** Whoever does not say when it was updated is older than whoever does. */
function isOlder(one: Sourced, other: Sourced): boolean {
  return (one.source_updated_at?.getTime() ?? -1) < (other.source_updated_at?.getTime() ?? -1);
}

function toOperation(
  key: string,
  incoming: Incoming,
  exists: boolean,
  now: Date,
): AnyBulkWriteOperation<Stored> {
  const { id, hash, document } = incoming;
  const fields = { ...document, content_hash: hash, schema_version: SCHEMA_VERSION };
  if (!exists) return { insertOne: { document: { ...fields, created_at: now, updated_at: now } as Stored } };
  const filter = { [key]: id, ...unlessNewer(document) } as Document;
  const update = {
    $set: { ...fields, updated_at: now } as Partial<Stored>,
    // The one optional field: a body that is no longer HTML must not keep its old original.
    ...("content" in document &&
      !("content_html" in document) && { $unset: { content_html: true as const } }),
  };
  return { updateOne: { filter, update } };
}

/** The stale-write guard, as the database checks it. */
function unlessNewer(document: Sourced): Document {
  if (!("source_updated_at" in document)) return {};
  const undated = { source_updated_at: null };
  return document.source_updated_at
    ? { $or: [undated, { source_updated_at: { $lte: document.source_updated_at } }] }
    : undated;
}
