import type { ListedType } from "../domain/failure.ts";
import type { RunReport } from "../domain/run-report.ts";
import { DAY_MS } from "../domain/time.ts";
import type { ThreadListing } from "../transform/thread.ts";
import { createDeletionDetector } from "./deletion-detector.ts";
import { isSetAside, isSuspect } from "./in-flight.ts";
import { listingFacts } from "./lists/list-entity.ts";
import { callsForLists, followLists, LISTED_TYPES, pagesOf } from "./lists/lists.ts";
import type { SweepCut } from "./ports.ts";
import { processTasks } from "./process-tasks.ts";
import { retryListItems } from "./retry-list-items.ts";
import { executeRun, type Run, type SyncDeps, tellProgress } from "./run.ts";
import { type Candidate, decideNightly, type ScanPlan, type ScanResult, scan, type Task } from "./scan.ts";
import { createThresholds } from "./thresholds.ts";
import { hostawayNow } from "./update-dead-letters.ts";

/**
 * One run over the account: changed listings and reservations first, so that names and time zones are there before the
 * messages that carry them; then a scan of all conversations, which reads changed ones and a share of the others; then
 * deletions.
 *
 * It may be killed at any moment and run twice. Every mark of "done", a fingerprint, a watermark, the report, is
 * written after its data (P4), and compared afresh by the next run: nothing depends on this run having noticed a
 * change. The caller holds the lease.
 */
export async function syncAccount(deps: SyncDeps, signal: AbortSignal): Promise<RunReport> {
  return await executeRun(deps, "incremental", signal, async (run) => {
    const { stores, accountId } = run;
    const watermarks = await stores.accountStates.read(accountId);
    const counts = await followLists(run, watermarks);
    // Hostaway's clock is known from its first answers, unless all of them failed.
    const asOf = hostawayNow(run);
    await retryDue(run, asOf);
    const scanned = await syncConversations(run, await listingFacts(run), asOf);
    if (scanned.complete) run.progress.fullSyncCalls = callsOfFullSync(run, counts, scanned.ids.size);
  });
}

/** Listings and reservations of earlier runs that are due; conversations and messages are the scan's to find. */
async function retryDue(run: Run, now: Date): Promise<void> {
  const due = await run.stores.deadLetters.open(run.accountId, { types: LISTED_TYPES, dueAt: now });
  await retryListItems(
    due.filter(({ run_id }) => run_id !== run.runId),
    run,
  );
}

/**
 * For each conversation that is being read, a few more are transformed and written: their documents go to the
 * database in one batch, and the readers never wait for it.
 */
export const UNDER_WAY_PER_READER = 4;

async function syncConversations(
  run: Run,
  listings: ReadonlyMap<string, ThreadListing>,
  asOf: Date,
): Promise<ScanResult> {
  const scanned: ScanResult = { ids: new Set(), complete: false };
  const deletions = createDeletionDetector(run);
  const thresholds = createThresholds(run.thresholds);
  const { cut, quota } = await sweepOf(run);
  const misdated = misdatedUpTo(quota, asOf);
  const plan: ScanPlan = {
    listings,
    asOf,
    decide: (candidate) =>
      isSetAside(candidate.state, run.startedAt)
        ? null
        : (decideNightly(candidate, { cut, asOf }) ?? (misdated(candidate) ? "swept" : null)),
  };
  const suspects: Task[] = [];
  const process = (tasks: AsyncIterable<Task> | Iterable<Task>, concurrency: number) =>
    processTasks(tasks, run, { deletions, thresholds, concurrency });
  await process(withoutSuspects(scan(run, plan, scanned), suspects), run.concurrency * UNDER_WAY_PER_READER);
  if (!run.signal.aborted) {
    await deletions.applyMessageDeletions();
    await deletions.applyConversationDeletions(scanned);
    await process(suspects, 1);
    await deletions.applyMessageDeletions();
  }
  tellProgress(run, "conversations");
  return { ...scanned, complete: scanned.complete && !run.signal.aborted };
}

/** A conversation that may end the process comes last, when all else is stored. */
async function* withoutSuspects(tasks: AsyncIterable<Task>, suspects: Task[]): AsyncGenerator<Task> {
  for await (const task of tasks) {
    if (isSuspect(task.state)) suspects.push(task);
    else yield task;
  }
}

interface Sweep {
  readonly cut: SweepCut | "all" | null;
  readonly quota: number;
}

/** Every run reads one conversation in `sweepDays` although it shows no change: an edit or a deletion shows none. */
async function sweepOf({ stores, accountId, sweepDays }: Run): Promise<Sweep> {
  if (sweepDays === 1) return { cut: "all", quota: 0 };
  const quota = Math.ceil((await stores.conversationStates.count(accountId)) / sweepDays);
  return { cut: quota === 0 ? null : await stores.conversationStates.sweepCut(accountId, quota), quota };
}

/**
 * Conversations that were read "in the future", a few in each run: Hostaway's clock was wrong that night, and their
 * turn in the sweep would never come.
 */
function misdatedUpTo(quota: number, asOf: Date): (candidate: Pick<Candidate, "state">) => boolean {
  let left = quota;
  return ({ state }) => {
    const readAt = state?.last_read_at?.getTime() ?? 0;
    if (readAt <= asOf.getTime() + DAY_MS || left === 0) return false;
    left -= 1;
    return true;
  };
}

/** The token, the lists, and the messages of every conversation. */
function callsOfFullSync(
  run: Run,
  counts: ReadonlyMap<ListedType, number | null>,
  conversations: number,
): number {
  const { scanned, messagePages } = run.ledger.observations;
  const ofConversations = pagesOf(scanned, run.source.pageSizes.others);
  return 1 + callsForLists(counts, conversations, run) + ofConversations + messagePages;
}
