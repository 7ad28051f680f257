import { type AnyBulkWriteOperation, BSON, type Collection, type Document } from "mongodb";
import { SCHEMA_VERSION } from "../domain/schema-version.ts";
import type { DocumentStore, Upserted } from "../sync/ports.ts";
import { type WriteOutcome, writeEach } from "./bulk-write.ts";
import type { Bookkeeping } from "./collections.ts";
import { hashContent } from "./content-hash.ts";
import { DUPLICATE_KEY, toStorageError, WRITE_CONFLICT } from "./errors.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { WriteContext } from "./write-context.ts";

/** Conversations have no time of their own to be compared by; only one run writes them at a time. */
interface Sourced {
  readonly source_updated_at?: Date | null;
}

export type Stored = Bookkeeping & Sourced & { readonly deleted_at?: Date } & Document;
type Held = Pick<Stored, "source_updated_at" | "deleted_at"> &
  Partial<Pick<Stored, "content_hash">> &
  Document;

/** Fields that are derived from a document when it is written, and are not part of its hash. */
export type Derive<D = object> = (document: D) => Readonly<Record<string, unknown>>;

/** A document on its way into the collection. */
interface Incoming {
  readonly id: string;
  readonly hash: string;
  readonly document: Sourced & Document;
  /** Too large for MongoDB; the driver would fail the whole batch for it. */
  readonly oversized: boolean;
}

type UpsertOutcome = "inserted" | "updated" | "unchanged" | { readonly refused: string };

/** MongoDB's limit, less room for the bookkeeping. */
const LARGEST_DOCUMENT_BYTES = 16 * 2 ** 20 - 16_384;
/** Shorter texts cannot reach the limit: no UTF-16 unit takes more than three bytes. */
const MAYBE_OVERSIZED_LENGTH = LARGEST_DOCUMENT_BYTES / 4;
/** Each try compares with the stored document again: this many lost races mean as many newer versions. */
const RACES_AT_MOST = 5;
/** Documents per batch: beyond this, larger batches are no faster. */
const DOCUMENTS_PER_BATCH = 1_000;

/**
 * Upserts a page: one `find` for the stored documents, then one unordered `bulkWrite` of only the new and changed
 * ones; pages that arrive at the same time share both. Unchanged documents are not touched (P7), and an older version
 * never wins (P3). An update takes effect only on the version it was compared with: when another process has written
 * in between, the comparison is made once more.
 *
 * @param key the field that identifies a document; it has a unique index (P2)
 * @param derive further fields, made of the document alone
 */
export function createDocumentStore<D extends Sourced & object>(
  collection: Collection<Stored>,
  key: keyof D & string,
  { clock, fence, dryRun }: WriteContext,
  derive: Derive<D> = () => ({}),
): DocumentStore<D> {
  async function upsert(batch: readonly Incoming[], tries: number): Promise<Map<Incoming, UpsertOutcome>> {
    const held = await findHeld(collection, key, batch);
    const news = batch.filter((incoming) => isNews(incoming, held.get(incoming.id)));
    const wished = (incoming: Incoming): UpsertOutcome => (held.has(incoming.id) ? "updated" : "inserted");
    if (dryRun) return new Map(news.map((incoming) => [incoming, wished(incoming)]));

    if (news.length > 0) await fence.check();
    const now = clock.now();
    const operations = news.map((incoming) =>
      toOperation(key, incoming, held.get(incoming.id), now, derive as Derive),
    );
    const { outcomes, matched } = await writeEach(collection, operations);
    const done = new Map<Incoming, UpsertOutcome>(
      news.map((incoming, index) => [incoming, toUpsertOutcome(outcomes[index], wished(incoming))]),
    );
    const updates = news.filter((incoming) => done.get(incoming) === "updated");
    const overtaken = matched < updates.length ? await notHeld(updates) : [];
    const races = [...news.filter((_, index) => isRace(outcomes[index])), ...overtaken];
    if (races.length === 0) return done;
    if (tries === 1) return new Map([...done, ...overtaken.map(lostRace)]);
    return new Map([...done, ...races.map(unchanged), ...(await upsert(races, tries - 1))]);
  }

  /** The documents whose content another process's has overtaken. */
  async function notHeld(updates: readonly Incoming[]): Promise<Incoming[]> {
    const held = await findHeld(collection, key, updates);
    return updates.filter((incoming) => isNews(incoming, held.get(incoming.id)));
  }

  async function write(batch: readonly Incoming[]): Promise<readonly UpsertOutcome[]> {
    try {
      const outcomes = await upsert(newestOfEach(batch.filter(({ oversized }) => !oversized)), RACES_AT_MOST);
      return batch.map((incoming) =>
        incoming.oversized ? OVERSIZED : (outcomes.get(incoming) ?? "unchanged"),
      );
    } catch (error) {
      throw toStorageError(error, `writing to ${collection.collectionName}`);
    }
  }

  const commit = createGroupCommit(write, DOCUMENTS_PER_BATCH);
  return {
    async upsertMany(documents) {
      if (documents.length === 0) return { inserted: 0, updated: 0, unchanged: 0, refused: [] };
      const batch = documents.map((document) => toIncoming(key, document));
      return upsertedFrom(batch, await commit(batch));
    },
  };
}

const OVERSIZED: UpsertOutcome = { refused: "larger than the 16 MB that MongoDB allows" };

function unchanged(incoming: Incoming): [Incoming, UpsertOutcome] {
  return [incoming, "unchanged"];
}

function lostRace(incoming: Incoming): [Incoming, UpsertOutcome] {
  return [incoming, { refused: "another process keeps writing it" }];
}

function toUpsertOutcome(written: WriteOutcome | undefined, wished: UpsertOutcome): UpsertOutcome {
  return written?.done ? wished : { refused: written?.reason ?? "no outcome" };
}

/** Another process wrote the same document at the same moment: the comparison decides what to do. */
function isRace(written: WriteOutcome | undefined): boolean {
  return written?.done === false && (written.code === DUPLICATE_KEY || written.code === WRITE_CONFLICT);
}

function upsertedFrom(batch: readonly Incoming[], outcomes: readonly UpsertOutcome[]): Upserted {
  const count = (wanted: UpsertOutcome) => outcomes.filter((outcome) => outcome === wanted).length;
  const refused = batch.flatMap(({ id }, index) => {
    const outcome = outcomes[index];
    return typeof outcome === "object" ? [{ id, reason: outcome.refused }] : [];
  });
  return { inserted: count("inserted"), updated: count("updated"), unchanged: count("unchanged"), refused };
}

function toIncoming<D extends Sourced & object>(key: keyof D & string, document: D): Incoming {
  const { hash, length } = hashContent(document);
  const oversized =
    length > MAYBE_OVERSIZED_LENGTH && BSON.calculateObjectSize(document) > LARGEST_DOCUMENT_BYTES;
  return { id: String(document[key]), hash, document, oversized };
}

/** A list that moved while it was read may show an item twice on one page. */
function newestOfEach(batch: readonly Incoming[]): Incoming[] {
  const newest = new Map<string, Incoming>();
  for (const incoming of batch) {
    const other = newest.get(incoming.id);
    const isBeaten =
      other !== undefined &&
      (isOlder(incoming.document, other.document) || belongsElsewhere(incoming.document, other.document));
    if (!isBeaten) newest.set(incoming.id, incoming);
  }
  return [...newest.values()];
}

async function findHeld(
  collection: Collection<Stored>,
  key: string,
  batch: readonly Incoming[],
): Promise<Map<string, Held>> {
  if (batch.length === 0) return new Map();
  const projection = {
    _id: 0,
    [key]: 1,
    content_hash: 1,
    source_updated_at: 1,
    deleted_at: 1,
    conversation_id: 1,
  };
  const filter = { [key]: { $in: batch.map(({ id }) => id) } } as Document;
  const found = await collection.find(filter, { projection, batchSize: batch.length + 1 }).toArray();
  return new Map(found.map((document) => [String(document[key]), document]));
}

function isNews(incoming: Incoming, held: Held | undefined): boolean {
  return held === undefined || held.deleted_at !== undefined || isBetter(incoming, held);
}

function isBetter({ hash, document }: Incoming, held: Held): boolean {
  return held.content_hash !== hash && !isOlder(document, held) && !belongsElsewhere(document, held);
}

/**
 * Whether a message that two conversations show stays with the other one: with the conversation that the message names
 * itself, else with the lower id. The answer does not depend on which is read last (P7). A message that the other
 * conversation does not show any more belongs to this one.
 */
function belongsElsewhere(document: Sourced & Document, held: Held): boolean {
  const { conversation_id: here, source_conversation_id: named } = document;
  const there: unknown = held["conversation_id"];
  if (typeof there !== "string" || typeof here !== "string" || there === here || !("message_id" in document))
    return false;
  if (held.deleted_at !== undefined || named === here) return false;
  return named === there || Number(there) < Number(here);
}

/** A document without a time of update is older than one with it. */
function isOlder(one: Sourced, other: Sourced): boolean {
  return (one.source_updated_at?.getTime() ?? -1) < (other.source_updated_at?.getTime() ?? -1);
}

function toOperation(
  key: string,
  incoming: Incoming,
  held: Held | undefined,
  now: Date,
  derive: Derive,
): AnyBulkWriteOperation<Stored> {
  const { id, hash, document } = incoming;
  // An older version of a document that was marked as deleted shows that it exists, and nothing else.
  const better = held === undefined || isBetter(incoming, held);
  const fields = better && {
    ...document,
    ...derive(document),
    content_hash: hash,
    schema_version: SCHEMA_VERSION,
  };
  if (!held) return { insertOne: { document: { ...fields, created_at: now, updated_at: now } as Stored } };
  const gone = [
    ...(held.deleted_at ? ["deleted_at"] : []),
    // A body that is no longer HTML must not keep its old original.
    ...(better && "content" in document && !("content_html" in document) ? ["content_html"] : []),
  ];
  const update = {
    $set: { ...fields, updated_at: now } as Partial<Stored>,
    ...(gone.length > 0 && { $unset: Object.fromEntries(gone.map((name) => [name, true as const])) }),
  };
  // Compare and swap: a race shows as an update that matches nothing.
  return { updateOne: { filter: { [key]: id, content_hash: held.content_hash } as Document, update } };
}
