import type { z } from "zod";
import { type Failure, type ItemType, itemFailure } from "../domain/failure.ts";
import type { Ledger } from "../domain/ledger.ts";
import { decode, rawId } from "../transform/decode.ts";
import type { DocumentStore } from "./ports.ts";

interface Target<D> {
  readonly type: ItemType;
  readonly store: DocumentStore<D>;
  readonly ledger: Ledger;
  readonly conversationId?: string;
}

export interface Batch<S extends z.ZodType, D> extends Target<D> {
  readonly schema: S;
  readonly items: readonly unknown[];
  /** All good records of the page at once, as some need their neighbours; one document for each. */
  readonly toDocuments: (records: readonly z.output<S>[]) => readonly D[];
}

export interface Loaded<D> {
  /** What the page became, refused documents included. */
  readonly documents: readonly D[];
  /** Whether every record of it is stored. */
  readonly complete: boolean;
}

/**
 * One page through transform and load. A record that cannot be decoded, or a document that the database
 * refuses, is written down; its neighbours are stored (P5).
 */
export async function loadPage<S extends z.ZodType, D>(batch: Batch<S, D>): Promise<Loaded<D>> {
  const records: z.output<S>[] = [];
  const failures: Failure[] = [];
  for (const raw of batch.items) {
    const decoded = decode(batch.schema, raw);
    if (decoded.ok) records.push(decoded.value);
    else failures.push(undecodable(batch, rawId(raw), decoded.error));
  }
  const documents = batch.toDocuments(records);
  const complete = await loadDocuments(batch, documents, failures);
  return { documents, complete };
}

/**
 * Stores documents and settles them, together with what failed on the way here. False when something did
 * not get stored.
 */
export async function loadDocuments<D>(
  target: Target<D>,
  documents: readonly D[],
  failedBefore: readonly Failure[] = [],
): Promise<boolean> {
  const { refused, ...stored } = await target.store.upsertMany(documents);
  const failures = refused.map(({ id, reason }) =>
    itemFailure(item(target, id), { stage: "load", error_type: "storage_error", message: reason }),
  );
  target.ledger.settle(target.type, {
    ...stored,
    attempted: documents.length + failedBefore.length,
    failures: [...failedBefore, ...failures],
  });
  return failedBefore.length + failures.length === 0;
}

/** What a record that does not decode is written down as. */
export function undecodable(
  target: Pick<Target<never>, "type" | "conversationId">,
  id: string | null,
  why: string,
): Failure {
  return itemFailure(item(target, id), { stage: "transform", error_type: "validation_error", message: why });
}

function item({ type, conversationId }: Pick<Target<never>, "type" | "conversationId">, id: string | null) {
  return {
    item_type: type,
    item_id: id,
    conversation_id: conversationId ?? (type === "conversation" ? id : null),
  };
}
