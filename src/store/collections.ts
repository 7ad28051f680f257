import type { IndexDescription } from "mongodb";
import { z } from "zod";
import { Conversation } from "../domain/conversation.ts";
import { DeadLetter } from "../domain/dead-letter.ts";
import { text, time, whole } from "../domain/fields.ts";
import { Listing } from "../domain/listing.ts";
import { Message } from "../domain/message.ts";
import { Reservation } from "../domain/reservation.ts";
import { RunReport } from "../domain/run-report.ts";
import { AccountState, ConversationState, LeaseRecord } from "../domain/sync-state.ts";

/** Fields that the store adds to every document. */
export const Bookkeeping = z.object({
  content_hash: text("Hash of all source data, for detecting changes."),
  created_at: time("When it was first stored."),
  updated_at: time("When this program last changed it."),
  schema_version: whole("Version of the transformation that produced the document."),
});
export type Bookkeeping = z.infer<typeof Bookkeeping>;

const Deletion = z.object({
  deleted_at: time("When it was found deleted in Hostaway; absent while it exists.").optional(),
});

/** Search tokens, derived from the message alone. */
const SearchTokens = z.object({
  content_tokens: z
    .array(z.string())
    .describe(
      "Search keys of `search --text`: words without case and accents; for scripts without spaces, each character and each pair.",
    )
    .optional(),
});

export interface CollectionSpec {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodObject;
  readonly indexes: readonly (IndexDescription & { readonly name: string })[];
}

const index = (
  key: Readonly<Record<string, 1 | -1 | "text">>,
  options: { unique?: true; default_language?: string; expireAfterSeconds?: number } = {},
) => ({ key, name: Object.entries(key).flat().join("_"), ...options });

export const MESSAGES: CollectionSpec = {
  name: "messages",
  summary: "Every message of every conversation, one document each.",
  schema: Message.extend(SearchTokens.shape).extend(Bookkeeping.shape).extend(Deletion.shape),
  indexes: [
    index({ message_id: 1 }, { unique: true }),
    index({ content: "text" }, { default_language: "none" }),
    index({ "property.id": 1, timestamp: 1 }),
    index({ "guest.nationality": 1, timestamp: 1 }),
    index({ "reservation.id": 1, timestamp: 1 }),
    index({ reservation_ids: 1, timestamp: 1 }),
    index({ conversation_id: 1, timestamp: 1 }),
    index({ account_id: 1, timestamp: 1 }),
    index({ account_id: 1, content_tokens: 1, timestamp: 1 }),
  ],
};

export const CONVERSATIONS: CollectionSpec = {
  name: "conversations",
  summary: "Every conversation, with totals of its messages.",
  schema: Conversation.extend(Bookkeeping.shape).extend(Deletion.shape),
  indexes: [
    index({ conversation_id: 1 }, { unique: true }),
    index({ "reservation.id": 1 }),
    index({ name_tokens: 1 }),
    index({ account_id: 1, name_parts: 1 }),
    index({ account_id: 1, last_message_at: 1 }),
  ],
};

export const RESERVATIONS: CollectionSpec = {
  name: "reservations",
  summary: "Every booking and inquiry.",
  schema: Reservation.extend(Bookkeeping.shape),
  indexes: [index({ reservation_id: 1 }, { unique: true }), index({ account_id: 1, source_updated_at: 1 })],
};

export const LISTINGS: CollectionSpec = {
  name: "listings",
  summary: "Every property.",
  schema: Listing.extend(Bookkeeping.shape),
  indexes: [index({ listing_id: 1 }, { unique: true }), index({ account_id: 1 })],
};

export const RUNS: CollectionSpec = {
  name: "sync_runs",
  summary: "One report per run.",
  schema: RunReport,
  indexes: [index({ run_id: 1 }, { unique: true }), index({ account_id: 1, started_at: -1 })],
};

export const CONVERSATION_STATES: CollectionSpec = {
  name: "sync_conversations",
  summary: "The sync state of each conversation, for the next run.",
  schema: ConversationState,
  indexes: [index({ account_id: 1, last_read_at: 1, _id: 1 })],
};

export const ACCOUNT_STATES: CollectionSpec = {
  name: "sync_state",
  summary: "How far each account's change feeds have been read.",
  schema: AccountState,
  indexes: [],
};

const THIRTY_DAYS_S = 30 * 24 * 60 * 60;

export const FAILURES: CollectionSpec = {
  name: "sync_failures",
  summary: "The dead letters: every item that failed and has not succeeded since; resolved ones for 30 days.",
  schema: DeadLetter,
  indexes: [
    index({ account_id: 1, resolved_at: 1, last_failed_at: -1 }),
    index({ conversation_id: 1 }),
    index({ resolved_at: 1 }, { expireAfterSeconds: THIRTY_DAYS_S }),
  ],
};

export const LEASES: CollectionSpec = {
  name: "sync_leases",
  summary: "The run that holds the lease of an account, one document per account.",
  schema: LeaseRecord,
  indexes: [],
};

/** The copy itself, without the state of runs. */
export const DATA_COLLECTIONS = [LISTINGS, RESERVATIONS, CONVERSATIONS, MESSAGES] as const;

export const COLLECTIONS = [
  MESSAGES,
  CONVERSATIONS,
  RESERVATIONS,
  LISTINGS,
  RUNS,
  FAILURES,
  CONVERSATION_STATES,
  ACCOUNT_STATES,
  LEASES,
] as const;
