/**
 * The words of a run:
 *
 * - **source**: Hostaway, as the run sees it
 * - **page**: one answer of a list
 * - **record**: one raw item as Hostaway sent it
 * - **document**: one item as it is stored
 * - **slice**: a unit that succeeds or fails alone, here one conversation
 * - **checkpoint**: a place in a slice where an interrupted reading resumes
 * - **feed**: a list that shows the latest change first
 * - **watermark**: the moment up to which a feed has been followed
 * - **lookback**: how far behind its watermark a feed is read again
 * - **scan**: one walk over the whole list of conversations
 * - **sweep**: reading conversations that show no change, in the order of their last reading
 * - **upsert**: insert, or replace unless the stored document is newer
 * - **soft delete**: marking a document as deleted; nothing is ever removed
 * - **dead letter**: a failed item, kept until it succeeds
 * - **preemption**: a nightly run requests the lease of a backfill, which hands it over at a safe point
 */

import type { Conversation } from "../domain/conversation.ts";
import type { DeadLetter, FailedItem } from "../domain/dead-letter.ts";
import type { ItemType } from "../domain/failure.ts";
import type { Listing } from "../domain/listing.ts";
import type { Message } from "../domain/message.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { AccountState, ConversationState } from "../domain/sync-state.ts";
import type { ThreadListing } from "../transform/thread.ts";

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
 * Raw records, page by page, each once. A walk that ends without an error has shown every item that was in the list
 * all the while; otherwise it throws `ItemError`.
 */
export interface Source {
  /** Hostaway's clock, with which its dates are compared whatever this machine's clock says; null before the first answer. */
  now(): Date | null;
  /** Items of a full page. */
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
  /** The conversations about one reservation; usually there is one at most. */
  conversationsOf(reservationId: string, signal: AbortSignal): AsyncIterable<SourcePage>;
  conversation(id: string, signal: AbortSignal): Promise<unknown>;
}

export interface Upserted {
  readonly inserted: number;
  readonly updated: number;
  /** Same as the stored document, or older. */
  readonly unchanged: number;
  /** Documents that the database refused. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/** Throws `ItemError` with `endsRun` when the database is gone or the lease is lost; never for one document's sake. */
export interface DocumentStore<D> {
  /** A soft-deleted document that is there again is restored. */
  upsertMany(documents: readonly D[]): Promise<Upserted>;
}

export interface MessageStore extends DocumentStore<Message> {
  /** The ids of a conversation's messages, soft-deleted ones excluded; like the two below. */
  idsOf(conversationId: string): Promise<readonly string[]>;
  /** A conversation's messages, a few hundred at a time, newest first. */
  ofConversation(conversationId: string): AsyncIterable<readonly Message[]>;
  count(accountId: string): Promise<number>;
  /** Soft-deletes them; returns how many were not deleted before. */
  markDeleted(ids: readonly string[]): Promise<number>;
}

export interface ConversationStore extends DocumentStore<Conversation> {
  /** The number of conversations with a message of this moment or later. */
  countActive(accountId: string, from: Date): Promise<number>;
  /** Soft-deletes a conversation with all its messages; returns how many messages were not deleted before. */
  markDeleted(id: string): Promise<number>;
}

export interface ReservationStore extends DocumentStore<Reservation> {
  /** The stored ones among the given ids, by id. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
}

export interface ListingStore extends DocumentStore<Listing> {
  /** Name and time zone of every listing of the account, by id. */
  facts(accountId: string): Promise<ReadonlyMap<string, ThreadListing>>;
}

export type StateChange = Partial<Omit<ConversationState, "_id" | "account_id" | "fence">>;

/** Conversations up to and including this one, in the order of their last reading, are due for the sweep. */
export type SweepCut = Pick<ConversationState, "_id" | "last_read_at">;

/** What previous runs know of the conversations. Updates are refused when a newer lease has written. */
export interface ConversationStates {
  /** The existing ones among the given ids, by id. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, ConversationState>>;
  /** Inserts the states of new conversations, before any of their documents is stored. */
  ensureExist(accountId: string, ids: readonly string[]): Promise<void>;
  update(id: string, change: StateChange): Promise<void>;
  /** The number of conversations, soft-deleted ones excluded; like the others below. */
  count(accountId: string): Promise<number>;
  /** The number of conversations that a backfill has read to their end. */
  countBackfilled(accountId: string, backfill: string): Promise<number>;
  /** The number of pages that the messages of all conversations filled. */
  countPages(accountId: string): Promise<number>;
  /** The last of the `quota` conversations with the oldest readings; null when there are none. */
  sweepCut(accountId: string, quota: number): Promise<SweepCut | null>;
  /** All of them, a few thousand at a time. */
  all(accountId: string): AsyncIterable<readonly Pick<ConversationState, "_id" | "scans_missed">[]>;
}

export type Watermarks = Omit<AccountState, "_id" | "fence">;

export interface AccountStates {
  read(accountId: string): Promise<Watermarks>;
  update(accountId: string, change: Partial<Watermarks>): Promise<void>;
}

/** A choice of open dead letters; all of them when it is empty. */
export interface LetterFilter {
  readonly ids?: readonly string[];
  readonly types?: readonly ItemType[];
  /** Only dead letters that are due at this moment. */
  readonly dueAt?: Date;
}

/** P6: every failed item is kept until it succeeds. */
export interface DeadLetters {
  /** Records one more failure of each item; returns when the first of them is tried again. */
  record(accountId: string, failed: readonly FailedItem[], now: Date): Promise<Date>;
  open(accountId: string, filter: LetterFilter): Promise<readonly DeadLetter[]>;
  /** The number of open dead letters. */
  count(accountId: string): Promise<number>;
  /** The conversations with open dead letters of their own or of their messages. */
  conversations(accountId: string): Promise<ReadonlySet<string>>;
  /** The items succeeded, or there is nothing left to try. Returns how many were open. */
  resolve(ids: readonly string[]): Promise<number>;
  /** Resolves the dead letters of a conversation and its messages, with exceptions; returns how many were open. */
  resolveConversation(conversationId: string, except: readonly string[]): Promise<number>;
  /** A whole list was understood: its records without an id are no longer there. */
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
