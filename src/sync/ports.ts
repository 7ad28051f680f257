/**
 * The words of a run:
 *
 * - **source**: Hostaway, as the run sees it
 * - **page**: one answer of a list
 * - **record**: one raw item as Hostaway sent it
 * - **document**: one item as it is stored
 * - **slice**: what succeeds or fails alone, here one conversation
 * - **feed**: a list that shows what changed last first
 * - **watermark**: the moment up to which a feed has been followed
 * - **scan**: one walk over the whole list of conversations
 * - **sweep**: reading conversations that show no change, the ones read longest ago
 * - **upsert**: insert, or replace unless what is held is newer
 */

import type { Conversation } from "../domain/conversation.ts";
import type { DeadLetter, FailedItem } from "../domain/dead-letter.ts";
import type { ItemType } from "../domain/failure.ts";
import type { Listing } from "../domain/listing.ts";
import type { Message } from "../domain/message.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { AccountState, ConversationState } from "../domain/sync-state.ts";
import type { ListingFacts } from "../transform/thread.ts";

/** One answer of a list. */
export interface SourcePage {
  /** Raw items that this walk has not shown before: each is decoded on its own, so that one bad record cannot fail its page. */
  readonly items: readonly unknown[];
  /** How many items the list holds in all, as of this page; null when Hostaway did not say. */
  readonly count: number | null;
  /**
   * Where a later walk can resume, and the item that stood there: another one there means that the list has moved.
   * Null on the last page, and for lists that are not walked by offset.
   */
  readonly next: { readonly offset: number; readonly id: string } | null;
}

/**
 * Raw records, page by page, each once. A walk that ends without an error has shown everything that was in
 * the list all the while; otherwise it throws `ItemError`.
 */
export interface Source {
  /**
   * Hostaway's clock: what its dates are compared with, whatever time this machine thinks it is. Null before
   * the first answer.
   */
  now(): Date | null;
  /** How many items a whole page holds. */
  readonly pageSizes: { readonly listings: number; readonly others: number };
  /** All, or those with activity on `since` (a UTC day) or later. */
  listings(since: Date | null, signal: AbortSignal): AsyncIterable<SourcePage>;
  /** Newest change first. */
  reservations(signal: AbortSignal): AsyncIterable<SourcePage>;
  /** By `messageSentOn`, newest first; each item carries its reservation and its newest message. */
  conversations(signal: AbortSignal): AsyncIterable<SourcePage>;
  /** Newest first from the given offset on, scheduled and cancelled ones included. */
  messages(conversationId: string, from: number, signal: AbortSignal): AsyncIterable<SourcePage>;
  /** One record by its id, like the two below. */
  listing(id: string, signal: AbortSignal): Promise<unknown>;
  reservation(id: string, signal: AbortSignal): Promise<unknown>;
  /** Those about one reservation; there is one at most, usually. */
  conversationsOf(reservationId: string, signal: AbortSignal): AsyncIterable<SourcePage>;
  conversation(id: string, signal: AbortSignal): Promise<unknown>;
}

export interface Upserted {
  readonly inserted: number;
  readonly updated: number;
  /** Same as stored, or older than what is stored. */
  readonly unchanged: number;
  /** What the database would not take, document by document. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/** Throws `ItemError` with `endsRun` when the database is gone or the lease is lost; never for one document's sake. */
export interface DocumentStore<D> {
  /** What had been marked as deleted and is there again is unmarked. */
  upsertMany(documents: readonly D[]): Promise<Upserted>;
}

export interface MessageStore extends DocumentStore<Message> {
  /** The ids of a conversation's messages that are not marked as deleted. */
  idsOf(conversationId: string): Promise<readonly string[]>;
  /** A conversation's messages that are not marked as deleted, a few hundred at a time, newest first. */
  ofConversation(conversationId: string): AsyncIterable<readonly Message[]>;
  /** How many are not marked as deleted. */
  count(accountId: string): Promise<number>;
  /** Marks them; returns how many were not marked before. */
  markDeleted(ids: readonly string[]): Promise<number>;
}

export interface ConversationStore extends DocumentStore<Conversation> {
  /** How many have a message of this moment or later. */
  countActive(accountId: string, from: Date): Promise<number>;
  /** Marks one with all its messages; returns how many messages were not marked before. */
  markDeleted(id: string): Promise<number>;
}

export interface ReservationStore extends DocumentStore<Reservation> {
  /** Those of the given ids that are stored, by id. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
}

export interface ListingStore extends DocumentStore<Listing> {
  /** Name and time zone of every listing of the account, by id. */
  facts(accountId: string): Promise<ReadonlyMap<string, ListingFacts>>;
}

export type StateChange = Partial<Omit<ConversationState, "_id" | "account_id" | "fence">>;

/** Of all conversations, ordered by their last reading, those up to and including this one are due for the sweep. */
export type SweepCut = Pick<ConversationState, "_id" | "last_read_at">;

/** What the runs before know of the conversations. Changes are refused when a newer lease has written. */
export interface ConversationStates {
  /** Those of the given ids that there are, by id. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, ConversationState>>;
  /** Begins the books of conversations that have none, before anything of them is stored. */
  ensureExist(accountId: string, ids: readonly string[]): Promise<void>;
  update(id: string, change: StateChange): Promise<void>;
  /** How many there are that are not marked as deleted. */
  count(accountId: string): Promise<number>;
  /** How many of them a backfill has read to their end. */
  countBackfilled(accountId: string, backfill: string): Promise<number>;
  /** How many pages the messages of all of them filled. */
  countPages(accountId: string): Promise<number>;
  /** The last of the `quota` conversations that were read longest ago; null when there are none. */
  sweepCut(accountId: string, quota: number): Promise<SweepCut | null>;
  /** All that are not marked as deleted, a few thousand at a time. */
  all(accountId: string): AsyncIterable<readonly Pick<ConversationState, "_id" | "scans_missed">[]>;
}

export type Watermarks = Omit<AccountState, "_id" | "fence">;

export interface AccountStates {
  read(accountId: string): Promise<Watermarks>;
  update(accountId: string, change: Partial<Watermarks>): Promise<void>;
}

/** Which of the open dead letters are meant; all of them when nothing is said. */
export interface LetterFilter {
  readonly ids?: readonly string[];
  readonly types?: readonly ItemType[];
  /** Those that may be tried again at this moment. */
  readonly dueAt?: Date;
}

/** P6: what failed, item by item, until it succeeds. */
export interface DeadLetters {
  /** Writes down that these failed once more; returns when the first of them is to be tried again. */
  record(accountId: string, failed: readonly FailedItem[], now: Date): Promise<Date>;
  open(accountId: string, filter: LetterFilter): Promise<readonly DeadLetter[]>;
  /** How many are open. */
  count(accountId: string): Promise<number>;
  /** The conversations of which something is open: they, or messages of theirs. */
  conversations(accountId: string): Promise<ReadonlySet<string>>;
  /** They succeeded, or there is nothing left to try. Returns how many were open. */
  resolve(ids: readonly string[]): Promise<number>;
  /** A conversation was read to its end, or is gone; returns how many of its letters, but for the excepted, were open. */
  resolveConversation(conversationId: string, except: readonly string[]): Promise<number>;
  /** A whole list was understood: what had no id in it before is no more. */
  resolveNameless(accountId: string, type: ItemType): Promise<number>;
}

export interface RunStore {
  save(report: RunReport): Promise<void>;
}

export interface Stores {
  readonly listings: ListingStore;
  readonly reservations: ReservationStore;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly conversationStates: ConversationStates;
  readonly accountStates: AccountStates;
  readonly deadLetters: DeadLetters;
  readonly runs: RunStore;
}
