import type { FailedItem } from "../domain/dead-letter.ts";
import type { Message } from "../domain/message.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { ConversationState } from "../domain/sync-state.ts";
import { DAY_MS } from "../domain/time.ts";
import { rawId } from "../transform/decode.ts";
import { MessageRecord } from "../transform/records.ts";
import { assignTimestamps } from "../transform/timestamps.ts";
import { addToTally, emptyTally, type MessageTally, toConversation } from "../transform/to-conversation.ts";
import { toMessage } from "../transform/to-message.ts";
import type { DeletionDetector } from "./deletion-detector.ts";
import { isSuspect } from "./in-flight.ts";
import { loadDocuments, loadPage } from "./load-page.ts";
import type { Run } from "./run.ts";
import { previousRunMayStillWrite, type Task } from "./scan.ts";
import { hostawayNow, recordDeadLetters, resolveDeadLetters } from "./update-dead-letters.ts";

/** For this long after it was due, an unsent scheduled message has its conversation read again; then the sweep does. */
const OVERDUE_MS = 3 * DAY_MS;

/**
 * Extract, transform and load one conversation: its messages page by page, then the document that sums
 * them up, and only then the fingerprint that marks it as done (P4). Throws `ItemError` when it cannot be
 * read to its end; stored pages stay, and the next reading resumes at the missing page.
 */
export async function readConversation(task: Task, run: Run, deletions: DeletionDetector): Promise<void> {
  const end = await run.inFlight.begin(task.thread.record.id, isSuspect(task.state));
  try {
    await readListed(task, run, deletions);
  } finally {
    end();
  }
}

async function readListed(task: Task, run: Run, deletions: DeletionDetector): Promise<void> {
  const { thread, fingerprint, contextHash, state } = task;
  const { stores, ledger } = run;
  const id = thread.record.id;
  const readAt = hostawayNow(run);
  // A partly written conversation must be read again, even if its marks are by then the same as before.
  if (state?.fingerprint) await stores.conversationStates.update(id, { fingerprint: null });
  const reading = (await resumeReading(task, run)) ?? (await readPages(null, task, run));

  const target = { type: "conversation", store: stores.conversations, ledger } as const;
  const unsummed = await loadDocuments(target, [toConversation(thread, reading.tally)]);
  const failed = [...reading.failed, ...unsummed];
  const complete = failed.length === 0;
  await resolveDeadLetters(run, id, failed);
  const retryAt = await recordDeadLetters(run, failed);
  const markAsRead = () =>
    stores.conversationStates.update(id, {
      failed: retryAt && { fingerprint, retry_at: retryAt },
      // Messages that could not be stored must be read again.
      fingerprint: complete && !previousRunMayStillWrite(task, run) ? fingerprint : null,
      context_hash: contextHash,
      next_scheduled_at: nextScheduled(reading.tally, readAt),
      scans_missed: 0,
      deleted_at: null,
      resume: null,
      ...(isSuspect(state) && { crashes: null }),
      ...(run.backfill && complete && { backfill: run.backfill }),
      // A resumed reading may have missed deletions in between: its old time of reading puts it first in the sweep.
      ...(reading.ids && { last_read_at: readAt, message_pages: reading.pages }),
    });
  // Before this run nothing was stored of it: nothing can have been deleted.
  const lost = reading.ids && complete && state ? await missingFrom(id, reading.ids, run) : [];
  if (lost.length > 0) await deletions.messages(lost, markAsRead);
  else await markAsRead();
}

interface Reading {
  readonly tally: MessageTally;
  /** The ids of all its messages; null when the reading was resumed. */
  readonly ids: ReadonlySet<string> | null;
  readonly pages: number;
  /** The messages that are not stored. */
  readonly failed: readonly FailedItem[];
}

type Resume = NonNullable<ConversationState["resume"]>;

/** Resumes an interrupted reading; null when there is none, or when the conversation has changed since. */
async function resumeReading(task: Task, run: Run): Promise<Reading | null> {
  const { state, fingerprint, contextHash } = task;
  const resume = state?.resume;
  if (resume?.fingerprint !== fingerprint || resume.context_hash !== contextHash) return null;
  try {
    return await readPages(resume, task, run);
  } catch (error) {
    if (error instanceof ListHasMoved) return null;
    throw error;
  }
}

/** Another message stands at the checkpoint: the pages before it have changed. */
class ListHasMoved extends Error {
  override readonly name = "ListHasMoved";
}

async function readPages(resume: Resume | null, task: Task, run: Run): Promise<Reading> {
  const { thread, fingerprint, contextHash } = task;
  const { stores, ledger } = run;
  const conversationId = thread.record.id;
  const ids = new Set<string>();
  const tally = emptyTally();
  let newer: Date | null = null;
  let pages = 0;
  const failed: FailedItem[] = [];

  const otherReservations = createOthers(task, run);
  const toDocuments = async (records: readonly MessageRecord[]): Promise<(() => Message)[]> => {
    const named = records.map(({ reservationId }) => reservationId);
    const about = { ...thread, otherReservations: await otherReservations(named) };
    const placed = assignTimestamps(records, newer, thread.fallbackTime);
    newer = placed.at(-1)?.timestamp ?? newer;
    return placed.map((record) => () => toMessage(record, about));
  };

  for await (const page of run.source.messages(conversationId, resume?.offset ?? 0, run.signal)) {
    const { items, next } = page;
    if (pages === 0 && resume && rawId(items[0]) !== resume.id) throw new ListHasMoved();
    pages += 1;
    const type = "message";
    const batch = { type, schema: MessageRecord, items, toDocuments, conversationId } as const;
    const loaded = await loadPage({ ...batch, store: stores.messages, ledger });
    failed.push(...loaded.failed);
    for (const message of loaded.documents) {
      addToTally(tally, message);
      ids.add(message.message_id);
    }
    if (next && failed.length === 0) {
      const here: Resume = { fingerprint, context_hash: contextHash, ...next };
      await stores.conversationStates.update(conversationId, { resume: here });
    }
  }
  return resume
    ? { tally: await tallyOf(conversationId, run), ids: null, pages, failed }
    : { tally, ids, pages, failed };
}

/**
 * Looks up bookings that messages name and their thread is not linked to: a thread goes on with the guest's next
 * booking, and messages about the first one stay in its history.
 */
export function createOthers(
  { thread }: Pick<Task, "thread">,
  { stores }: Pick<Run, "stores">,
): (named: readonly (string | null | undefined)[]) => Promise<ReadonlyMap<string, Reservation>> {
  const known = new Map<string, Reservation>();
  const asked = new Set<string>();
  return async (named) => {
    const ids = [...new Set(named)].filter(
      (id) => id !== null && id !== undefined && id !== thread.record.reservationId && !asked.has(id),
    ) as string[];
    if (ids.length === 0) return known;
    for (const id of ids) asked.add(id);
    for (const [id, reservation] of await stores.reservations.findMany(ids)) known.set(id, reservation);
    return known;
  };
}

/** The tally of a conversation's stored messages. */
async function tallyOf(conversationId: string, { stores }: Run): Promise<MessageTally> {
  const tally = emptyTally();
  for await (const messages of stores.messages.ofConversation(conversationId)) {
    for (const message of messages) addToTally(tally, message);
  }
  return tally;
}

async function missingFrom(id: string, shown: ReadonlySet<string>, { stores }: Run): Promise<string[]> {
  return (await stores.messages.idsOf(id)).filter((stored) => !shown.has(stored));
}

function nextScheduled({ scheduled }: MessageTally, readAt: Date): Date | null {
  const awaited = scheduled.map((time) => time.getTime()).filter((ms) => ms > readAt.getTime() - OVERDUE_MS);
  return awaited.length === 0 ? null : new Date(Math.min(...awaited));
}
