import { setImmediate } from "node:timers/promises";
import type { z } from "zod";
import type { FailedItem } from "../domain/dead-letter.ts";
import { type Failure, type ItemType, itemFailure } from "../domain/failure.ts";
import type { Ledger } from "../domain/ledger.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { decode, rawId } from "../transform/decode.ts";
import { fingerprintOfRaw, keepRaw } from "../transform/keep-raw.ts";
import { unreadDates, usableIdOf } from "../transform/records.ts";
import type { DocumentStore } from "./ports.ts";

interface Target<D> {
  readonly type: ItemType;
  readonly store: DocumentStore<D>;
  readonly ledger: Ledger;
  readonly conversationId?: string;
}

export interface Batch<S extends z.ZodObject, D> extends Target<D> {
  readonly schema: S;
  readonly items: readonly unknown[];
  /** Gets all good records of the page at once, as some need their neighbours; returns a maker of each document. */
  readonly toDocuments: (
    records: readonly z.output<S>[],
  ) => readonly (() => D)[] | Promise<readonly (() => D)[]>;
}

export interface Loaded<D> {
  /** The documents of the page, including those that the database refused. */
  readonly documents: readonly D[];
  /** The items that are not stored. */
  readonly failed: readonly FailedItem[];
}

/**
 * One page through transform and load. A record that cannot be decoded or transformed, or a document that the
 * database refuses, becomes a failure; its neighbours are stored (P5).
 */
export async function loadPage<S extends z.ZodObject, D>(batch: Batch<S, D>): Promise<Loaded<D>> {
  const decoded: { readonly raw: unknown; readonly record: z.output<S> }[] = [];
  const bad: FailedItem[] = [];
  for (const raw of batch.items) {
    const result = decode(batch.schema, raw);
    if (result.ok) decoded.push({ raw, record: result.value });
    else bad.push(undecodable(batch, raw, result.error));
  }
  const documents: D[] = [];
  const makers = await batch.toDocuments(decoded.map(({ record }) => record));
  const isLong = createStopwatch();
  for (const [index, { raw, record }] of decoded.entries()) {
    const made = attempt(makers[index]);
    if (made.ok) documents.push(made.value);
    else bad.push(untransformable(batch, raw, made.error));
    if (isLong()) await setImmediate();
    for (const field of unreadDates(batch.schema, raw, record))
      batch.ledger.unreadDate(`${batch.type}.${field}`);
  }
  const failed = await loadDocuments(batch, documents, bad);
  return { documents, failed: failed.map((one) => withRaw(one, batch)) };
}

/** A longer calculation delays the lease's heartbeat and all other work. */
const LONGEST_STRETCH_MS = 50;

/** True when a synchronous calculation has lasted long enough to let other work run. */
function createStopwatch(): () => boolean {
  let since = performance.now();
  return () => {
    const isLong = performance.now() - since >= LONGEST_STRETCH_MS;
    if (isLong) since = performance.now();
    return isLong;
  };
}

/** A transform that throws has a bug, or met an unforeseen record: the record becomes a failure. */
export function attempt<D>(make: (() => D) | undefined): Result<D, string> {
  try {
    return make ? ok(make()) : err("nothing was made of it");
  } catch (error) {
    // The error's own words may quote the record.
    return err(`its transform failed with ${error instanceof Error ? error.name : "an unknown error"}`);
  }
}

/** Stores documents and counts them, together with items that failed before; returns all that are not stored. */
export async function loadDocuments<D>(
  target: Target<D>,
  documents: readonly D[],
  undecoded: readonly FailedItem[] = [],
): Promise<readonly FailedItem[]> {
  const { refused, ...stored } = await target.store.upsertMany(documents);
  const failed = [
    ...undecoded,
    ...refused.map(({ id, reason }) => ({
      failure: itemFailure(item(target, id), { stage: "load", error_type: "storage_error", message: reason }),
      raw: null,
    })),
  ];
  target.ledger.count(target.type, {
    ...stored,
    attempted: documents.length + undecoded.length,
    failures: failed.map(({ failure }) => failure),
  });
  return failed;
}

/** The failure of a record that does not decode. */
export function undecodable(
  target: Pick<Target<never>, "type" | "conversationId">,
  raw: unknown,
  why: string,
): FailedItem {
  return setAside(target, raw, { error_type: "validation_error", message: why });
}

/** The failure of a record that decodes, but of which no document can be made. */
export function untransformable(
  target: Pick<Target<never>, "type" | "conversationId">,
  raw: unknown,
  why: string,
): FailedItem {
  return setAside(target, raw, { error_type: "unexpected", message: why });
}

function setAside(
  target: Pick<Target<never>, "type" | "conversationId">,
  raw: unknown,
  why: Pick<Failure, "error_type" | "message">,
): FailedItem {
  // An unusable id cannot be requested: such a record counts as a record without an id.
  const id = usableIdOf(raw);
  const what = { stage: "transform", ...why } as const;
  const failure = itemFailure(item(target, id), what, id === null ? fingerprintOfRaw(raw) : "");
  return { failure, raw: keepRaw(target.type, raw) };
}

/** Adds the raw record of which a refused document was made. */
function withRaw(one: FailedItem, { type, items }: Pick<Batch<never, never>, "type" | "items">): FailedItem {
  if (one.raw !== null) return one;
  const raw = items.find((record) => rawId(record) === one.failure.item_id);
  return raw === undefined ? one : { ...one, raw: keepRaw(type, raw) };
}

function item({ type, conversationId }: Pick<Target<never>, "type" | "conversationId">, id: string | null) {
  return {
    item_type: type,
    item_id: id,
    conversation_id: conversationId ?? (type === "conversation" ? id : null),
  };
}
