import { EJSON } from "bson";
import type { Db, Document } from "mongodb";
import type { Oracle } from "../../src/simulator/simulator.ts";
import { Bookkeeping } from "../../src/store/collections.ts";

/** What keeps a store from being what the oracle says; nothing when they agree. */
export interface Differences {
  readonly missing: string[];
  /** Stored and not marked as deleted, but not in the account. */
  readonly extra: number;
  readonly different: { readonly id: string; readonly expected: unknown; readonly stored: unknown }[];
}

interface Comparison {
  readonly collection: string;
  readonly key: string;
  readonly expected: Iterable<object>;
}

const BATCH = 500;
/** What a document carries beside the model: bookkeeping, and what is derived from the text as it is written. */
const OURS = ["_id", "content_tokens", ...Object.keys(Bookkeeping.shape)];

/** Compares all four collections with the oracle, field by field, both ways. */
export async function differencesFrom(oracle: Oracle, db: Db): Promise<Record<string, Differences>> {
  const comparisons: Comparison[] = [
    { collection: "listings", key: "listing_id", expected: oracle.listings() },
    { collection: "reservations", key: "reservation_id", expected: oracle.reservations() },
    { collection: "conversations", key: "conversation_id", expected: oracle.conversations() },
    { collection: "messages", key: "message_id", expected: oracle.messages() },
  ];
  const differences: Record<string, Differences> = {};
  for (const comparison of comparisons) {
    const found = await compare(db, comparison);
    const agrees = found.missing.length === 0 && found.different.length === 0 && found.extra === 0;
    if (!agrees) differences[comparison.collection] = found;
  }
  return differences;
}

async function compare(db: Db, { collection, key, expected }: Comparison): Promise<Differences> {
  const missing: string[] = [];
  const different: Differences["different"] = [];
  let count = 0;
  for (const batch of batchesOf(expected)) {
    count += batch.length;
    const ids = batch.map((document) => String(Reflect.get(document, key)));
    const found = await db
      .collection(collection)
      .find({ [key]: { $in: ids } })
      .toArray();
    const stored = new Map(found.map((document) => [String(document[key]), document]));
    batch.forEach((document, index) => {
      const id = ids[index] ?? "";
      const held = stored.get(id);
      if (!held) missing.push(id);
      else if (canonical(document) !== canonical(held))
        different.push({ id, ...fieldsThatDiffer(document, held) });
    });
  }
  const present = await db.collection(collection).countDocuments({ deleted_at: null });
  const extra = present - (count - missing.length);
  return { missing, extra, different };
}

function* batchesOf(documents: Iterable<object>): Generator<object[]> {
  let batch: object[] = [];
  for (const document of documents) {
    batch.push(document);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** A text that is the same for the same content, whatever the order of keys; without what the store adds. */
function canonical(document: object): string {
  return JSON.stringify(sorted(JSON.parse(EJSON.stringify(withoutOurs(document), { relaxed: true }))));
}

function withoutOurs(document: object): Document {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !OURS.includes(key)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function fieldsThatDiffer(expected: object, stored: object): { expected: Document; stored: Document } {
  const keys = new Set([...Object.keys(withoutOurs(expected)), ...Object.keys(withoutOurs(stored))]);
  const differing = [...keys].filter(
    (key) =>
      canonical({ [key]: Reflect.get(expected, key) }) !== canonical({ [key]: Reflect.get(stored, key) }),
  );
  const pick = (document: object) =>
    Object.fromEntries(differing.map((key) => [key, Reflect.get(document, key)]));
  return { expected: pick(expected), stored: pick(stored) };
}
