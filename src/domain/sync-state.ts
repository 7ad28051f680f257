import { z } from "zod";
import { flag, id, text, time, whole } from "./fields.ts";

const fence = () => whole("Fencing token of the lease that wrote it last; never decreases.");

/**
 * The sync state of a conversation. It lives apart from the conversation itself, so that data documents
 * change only when the data does (P7). The state exists before the first message is stored.
 */
export const ConversationState = z.object({
  _id: id("Hostaway's conversation id."),
  account_id: id("The Hostaway account."),
  fingerprint: text(
    "Its activity marks in the list when all its messages were last read and stored; null when it has to be read.",
  ).nullable(),
  context_hash: text(
    "Hash of the data copied into its documents from reservation, listing and conversation list.",
  ).nullable(),
  last_read_at: time("When all its messages were last read, by Hostaway's clock.").nullable(),
  next_scheduled_at: time("Due time of its next scheduled message, as of that reading.").nullable(),
  message_pages: whole("Number of pages of messages."),
  resume: z
    .object({
      fingerprint: text("The fingerprint at the start of the reading."),
      context_hash: text("The context hash of the messages read so far."),
      offset: whole("Position in the list, newest first, at which to resume."),
      id: id("The message at that position."),
    })
    .nullable()
    .describe("Checkpoint of an interrupted reading of several pages."),
  failed: z
    .object({
      fingerprint: text("The fingerprint at that time."),
      retry_at: time("Earliest time of a retry without a changed fingerprint."),
    })
    .nullable()
    .describe("Set when its last reading failed or was incomplete."),
  crashes: z
    .object({
      count: whole("Number of consecutive processes that crashed while reading it."),
      run_id: text("The latest of these runs."),
      at: text("The last message that was read then; null when none was.").nullable(),
      is_blamed: z
        .boolean()
        .describe("Whether it is set aside, because two readings in a row crashed at the same message."),
      retry_at: time("Earliest retry of a conversation that is set aside, by this machine's clock."),
    })
    .nullable()
    .optional()
    .describe("Set when a process crashed while reading this conversation, perhaps because of it."),
  backfill: text("The latest backfill that read it completely.").nullable().optional(),
  scans_missed: whole("Number of consecutive complete scans that did not show it."),
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
  id: text("Its id: the run that started it."),
  selection: z.string().describe("The selection, as JSON."),
  lists_read: z.boolean().describe("Whether listings and reservations are stored."),
  finished_at: time("When everything was read; null until then.").nullable(),
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
  listings_read_at: time("When the complete list of listings was last read.").nullable(),
  backfill: BackfillState.nullable().optional().describe("The latest backfill."),
  in_flight: z
    .object({
      run_id: text("The run that reads them."),
      ids: z.array(z.string()).describe("Their ids."),
    })
    .nullable()
    .optional()
    .describe("The conversations being read right now; a crashed process leaves its list behind."),
  fence: fence(),
});
export type AccountState = z.infer<typeof AccountState>;

export const LeaseRecord = z.object({
  _id: id("The account's id."),
  fence: whole("Fencing token: grows with every lease of the account and never decreases."),
  run_id: text("The run that holds the lease or held it last."),
  host: text("The machine it runs on."),
  pid: whole("Its process id."),
  since: time("When it acquired the lease, by the database's clock."),
  last_heartbeat: time("Latest heartbeat, by the database's clock."),
  expires_at: time("When the lease expires and another run may take over, by the database's clock."),
  released_at: time("When it released the lease; null while held, or after a crash.").nullable(),
  yields: flag("Whether another run may preempt it: true for backfills.").optional(),
  wanted_by: text("The run that requests the lease.").nullable().optional(),
});
export type LeaseRecord = z.infer<typeof LeaseRecord>;
