import type { FailedItem } from "../domain/dead-letter.ts";
import type { Failure } from "../domain/failure.ts";
import type { Message } from "../domain/message.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { ConversationState } from "../domain/sync-state.ts";
import { DAY_MS } from "../domain/time.ts";
import { rawId } from "../transform/decode.ts";
import { ConversationMessage } from "../transform/records.ts";
import { placeInTime } from "../transform/timestamps.ts";
import { count, emptyTally, type Tally, toConversation } from "../transform/to-conversation.ts";
import { toMessage } from "../transform/to-message.ts";
import type { DeletionDetector } from "./deletion-detector.ts";
import { isSuspect } from "./in-flight.ts";
import { loadDocuments, loadPage } from "./load-page.ts";
import type { Run } from "./run.ts";
import { previousRunMayStillWrite, type Task } from "./scan.ts";

/** A scheduled message that nothing became of is asked after for this long; then it is left to the sweep. */
const OVERDUE_MS = 3 * DAY_MS;

/**
 * Extract, transform and load one conversation: its messages page by page, then the document that sums
 * them up, and only then the fingerprint that says it is done (P4). Throws `ItemError` when it cannot be
 * read to its end; what was loaded stays, and the next reading goes on from the page that was missing.
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
  const readAt = run.source.now() ?? run.startedAt;
  // What is written only in part must be read again, also when the marks are by then what they were before.
  if (state?.fingerprint) await stores.conversationStates.update(id, { fingerprint: null });
  const reading = (await resumeReading(task, run)) ?? (await readPages(null, task, run));

  const target = { type: "conversation", store: stores.conversations, ledger } as const;
  const unsummed = await loadDocuments(target, [toConversation(thread, reading.tally)]);
  const failed = [...reading.failed, ...unsummed];
  const complete = failed.length === 0;
  const retryAt = await settleLetters(task, failed, run);
  const settle = () =>
    stores.conversationStates.update(id, {
      failed: retryAt && { fingerprint, retry_at: retryAt },
      // What could not be stored must be read again.
      fingerprint: complete && !previousRunMayStillWrite(task, run) ? fingerprint : null,
      context_hash: contextHash,
      next_scheduled_at: nextScheduled(reading.tally, readAt),
      scans_missed: 0,
      deleted_at: null,
      resume: null,
      ...(isSuspect(state) && { crashes: null }),
      ...(run.backfill && complete && { backfill: run.backfill }),
      // One that was read in two parts may have lost messages in between: the sweep looks at it first.
      ...(reading.ids && { last_read_at: readAt, message_pages: reading.pages }),
    });
  // Before this run nothing was stored of it: then nothing can have deletions.
  const lost = reading.ids && complete && state ? await missingFrom(id, reading.ids, run) : [];
  if (lost.length > 0) await deletions.messages(lost, settle);
  else await settle();
}

/**
 * Writes down what failed, and that the rest of the conversation is well. Returns when it is to be tried
 * again; null when there is nothing to try.
 */
async function settleLetters(
  { thread }: Task,
  failed: readonly FailedItem[],
  { stores, accountId, source, startedAt, conversationsWithDeadLetters }: Run,
): Promise<Date | null> {
  const ids = failed.map(({ failure }) => failure.failure_id ?? "");
  if (conversationsWithDeadLetters.has(thread.record.id))
    await stores.deadLetters.resolveConversation(thread.record.id, ids);
  if (failed.length === 0) return null;
  return await stores.deadLetters.record(accountId, failed, source.now() ?? startedAt);
}

/** Writes down that a conversation could not be read at all. It is due again when the dead letter says. */
export async function settleUnreadable(task: Task, failure: Failure, run: Run): Promise<void> {
  const { stores, accountId, source, startedAt } = run;
  const letter = { failure, raw: null };
  const retry_at = await stores.deadLetters.record(accountId, [letter], source.now() ?? startedAt);
  const failed = { fingerprint: task.fingerprint, retry_at };
  // The process lives: whatever is wrong with it, it did not end that.
  await stores.conversationStates.update(task.thread.record.id, { fingerprint: null, failed, crashes: null });
}

interface Reading {
  readonly tally: Tally;
  /** Of all its messages; null when it was not read from the beginning. */
  readonly ids: ReadonlySet<string> | null;
  readonly pages: number;
  /** The messages that were shown and are not stored. */
  readonly failed: readonly FailedItem[];
}

type Resume = NonNullable<ConversationState["resume"]>;

/** Goes on where a reading was interrupted; null when there was none, or when something has changed since. */
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

/** Another message stands where the reading was interrupted: what lies before it is not what was read. */
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
  const toDocuments = async (records: readonly ConversationMessage[]): Promise<(() => Message)[]> => {
    const named = records.map(({ reservationId }) => reservationId);
    const about = { ...thread, otherReservations: await otherReservations(named) };
    const placed = placeInTime(records, newer, thread.fallbackTime);
    newer = placed.at(-1)?.timestamp ?? newer;
    return placed.map((record) => () => toMessage(record, about));
  };

  for await (const page of run.source.messages(conversationId, resume?.offset ?? 0, run.signal)) {
    const { items, next } = page;
    if (pages === 0 && resume && rawId(items[0]) !== resume.id) throw new ListHasMoved();
    pages += 1;
    const type = "message";
    const batch = { type, schema: ConversationMessage, items, toDocuments, conversationId } as const;
    const loaded = await loadPage({ ...batch, store: stores.messages, ledger });
    failed.push(...loaded.failed);
    for (const message of loaded.documents) {
      count(tally, message);
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
 * Looks up the bookings that messages name and their thread is not linked to: a thread goes on with a guest's next
 * booking, and what was said about the first one stays in its history.
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

/** What the stored messages of a conversation add up to. */
async function tallyOf(conversationId: string, { stores }: Run): Promise<Tally> {
  const tally = emptyTally();
  for await (const messages of stores.messages.ofConversation(conversationId)) {
    for (const message of messages) count(tally, message);
  }
  return tally;
}

async function missingFrom(id: string, shown: ReadonlySet<string>, { stores }: Run): Promise<string[]> {
  return (await stores.messages.idsOf(id)).filter((stored) => !shown.has(stored));
}

function nextScheduled({ scheduled }: Tally, readAt: Date): Date | null {
  const awaited = scheduled.map((time) => time.getTime()).filter((ms) => ms > readAt.getTime() - OVERDUE_MS);
  return awaited.length === 0 ? null : new Date(Math.min(...awaited));
}
