import { z } from "zod";
import { flag, id, text, time, whole } from "./fields.ts";

const fence = () => whole("Token of the lease under which it was written last; never goes back.");

/**
 * The sync state of a conversation. It lives apart from the conversation itself, so that data documents
 * change only when the data does (P7). The state exists before the first message is stored.
 */
export const ConversationState = z.object({
  _id: id("Hostaway's conversation id."),
  account_id: id("The Hostaway account."),
  fingerprint: text(
    "Its activity marks in the list when all its messages were last read and stored; null: to be read.",
  ).nullable(),
  context_hash: text(
    "Hash of what its documents carry from its reservation, its listing and the list of conversations.",
  ).nullable(),
  last_read_at: time("When all its messages were last read, by Hostaway's clock.").nullable(),
  next_scheduled_at: time("When the next of its scheduled messages was due as of then.").nullable(),
  message_pages: whole("How many pages its messages filled."),
  resume: z
    .object({
      fingerprint: text("The fingerprint that the reading began with."),
      context_hash: text("The context that the messages read so far carry."),
      offset: whole("Where in the list, newest first, to go on."),
      id: id("The message that stood there."),
    })
    .nullable()
    .describe("Where a reading of several pages was interrupted."),
  failed: z
    .object({
      fingerprint: text("The fingerprint it had then."),
      retry_at: time("From when on it is read again although the fingerprint is still the same."),
    })
    .nullable()
    .describe("Set when its last reading failed, or left something out."),
  crashes: z
    .object({
      count: whole("How many processes in a row died while they read it."),
      run_id: text("The last of those runs."),
      at: text("The message its reading had come to then; null: none.").nullable(),
      is_blamed: z.boolean().describe("Whether it is set aside: it was no further than the time before."),
      retry_at: time("From when on one that is set aside is tried again; this machine's clock."),
    })
    .nullable()
    .optional()
    .describe("Set when a process died while it read this conversation, perhaps because of it."),
  backfill: text("The backfill that read it to its end last.").nullable().optional(),
  scans_missed: whole("How many complete scans in a row did not show it."),
  deleted_at: time("When it was marked as deleted.").nullable(),
  fence: fence(),
});
export type ConversationState = z.infer<typeof ConversationState>;

/** The items that a backfill reads again; days are UTC days, both included. */
export const Selection = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("all") }),
  z.object({
    kind: z.literal("activity"),
    from: text("The first day.").nullable(),
    to: text("The last day.").nullable(),
  }),
  z.object({
    kind: z.literal("items"),
    reservations: z.array(z.string()),
    conversations: z.array(z.string()),
  }),
]);
export type Selection = z.infer<typeof Selection>;

/** The latest backfill; a later run may continue it. */
export const BackfillState = z.object({
  id: text("Its name: the run that began it."),
  selection: z.string().describe("What it reads, as JSON."),
  lists_read: z.boolean().describe("Whether listings and reservations are stored."),
  finished_at: time("When all of it was read; null while something is left.").nullable(),
});
export type BackfillState = z.infer<typeof BackfillState>;

/** The watermarks of an account, and its latest backfill. */
export const AccountState = z.object({
  _id: id("The Hostaway account."),
  reservations_watermark: time(
    "All changes of reservations before this moment are stored; Hostaway's clock.",
  ).nullable(),
  listings_watermark: time(
    "All changes of listings before this moment are stored; Hostaway's clock.",
  ).nullable(),
  listings_read_at: time("When the list of listings was last read whole.").nullable(),
  backfill: BackfillState.nullable().optional().describe("The backfill that was begun last."),
  in_flight: z
    .object({
      run_id: text("The run that reads them."),
      ids: z.array(z.string()).describe("Their ids."),
    })
    .nullable()
    .optional()
    .describe("The conversations that are being read just now; what a process leaves here when it dies."),
  fence: fence(),
});
export type AccountState = z.infer<typeof AccountState>;

export const LeaseRecord = z.object({
  _id: id("The account's id."),
  fence: whole("Grows with every lease of the account, and never goes back."),
  run_id: text("The run that has the lease, or had it last."),
  host: text("The machine it runs on."),
  pid: whole("Its process there."),
  since: time("When it took the lease, by the database's clock."),
  last_heartbeat: time("When it last said that it is alive, by the database's clock."),
  expires_at: time("From when on another run may take over, by the database's clock."),
  released_at: time("When it gave the lease back; null while it has it, or when it crashed.").nullable(),
  yields: flag("Whether it gives way to a run that asks for the lease: a backfill does.").optional(),
  wanted_by: text("The run that asks for it.").nullable().optional(),
});
export type LeaseRecord = z.infer<typeof LeaseRecord>;
