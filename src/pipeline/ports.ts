/**
 * The words of a run:
 *
 * - **source**: Hostaway, as the run sees it
 * - **page**: one answer of a list
 * - **record**: one raw item as Hostaway sent it
 * - **document**: one item as it is stored
 * - **slice**: what succeeds or fails alone, here one conversation
 * - **upsert**: insert, or replace unless what is held is newer
 */
import type { Conversation } from "../domain/conversation.ts";
import type { Listing } from "../domain/listing.ts";
import type { Message } from "../domain/message.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { ListingFacts } from "../transform/thread.ts";

export interface SourcePage {
  readonly items: readonly unknown[];
  /** How many items the whole list holds; null when not known. */
  readonly count: number | null;
}

/** Raw records, page by page. Walking throws `ItemError`. */
export interface Source {
  listings(signal: AbortSignal): AsyncIterable<SourcePage>;
  reservations(signal: AbortSignal): AsyncIterable<SourcePage>;
  conversations(signal: AbortSignal): AsyncIterable<SourcePage>;
  /** Newest first. */
  messages(conversationId: string, signal: AbortSignal): AsyncIterable<SourcePage>;
}

export interface Upserted {
  readonly inserted: number;
  readonly updated: number;
  /** Same as stored, or older than what is stored. */
  readonly unchanged: number;
  /** What the database would not take, document by document. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/** Throws `ItemError` with `endsRun` when the database is gone; never for one document's sake. */
export interface DocumentStore<D> {
  upsertMany(documents: readonly D[]): Promise<Upserted>;
}

export interface ReservationStore extends DocumentStore<Reservation> {
  /** Those of the given ids that are stored, by id. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
}

export interface ListingStore extends DocumentStore<Listing> {
  /** Name and time zone of every listing of the account, by id. */
  facts(accountId: string): Promise<ReadonlyMap<string, ListingFacts>>;
}

/** What is asked of the run before this one. */
export interface LastRun {
  readonly finishedAt: Date;
  readonly calls: number;
}

export interface RunStore {
  /** The account's run that ended last; null before the first. */
  last(accountId: string): Promise<LastRun | null>;
  save(report: RunReport): Promise<void>;
}

export interface Stores {
  readonly listings: ListingStore;
  readonly reservations: ReservationStore;
  readonly conversations: DocumentStore<Conversation>;
  readonly messages: DocumentStore<Message>;
  readonly runs: RunStore;
}
