import { failureFrom, ItemError } from "../domain/failure.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { BackfillState, Selection } from "../domain/sync-state.ts";
import { DAY_MS } from "../domain/time.ts";
import { rawId } from "../transform/decode.ts";
import type { ThreadListing } from "../transform/thread.ts";
import { streamBatch } from "./batch.ts";
import { createDeletionDetector } from "./deletion-detector.ts";
import { isSetAside } from "./in-flight.ts";
import { listingFacts } from "./lists/list-entity.ts";
import { readAllLists } from "./lists/lists.ts";
import { loadReservations } from "./lists/reservations.ts";
import { recordOutcome } from "./outcomes.ts";
import type { PreemptibleLease } from "./preemption.ts";
import { processTasks } from "./process-tasks.ts";
import { readById, readRecord } from "./read-by-id.ts";
import { executeRun, type Run, type SyncDeps } from "./run.ts";
import { type Candidate, type ScanPlan, type ScanResult, scan } from "./scan.ts";
import { UNDER_WAY_PER_READER } from "./sync-account.ts";
import { createThresholds } from "./thresholds.ts";
import { hostawayNow } from "./update-dead-letters.ts";

/** The part of the past that a backfill reads. */
export interface BackfillPlan {
  readonly id: string;
  readonly selection: Selection;
  /** True when listings and reservations were read before it was interrupted. */
  readonly listsRead: boolean;
}

/** Hands the lease to a run that requests it; null for a dry run, which has none. */
type Handover = Pick<PreemptibleLease, "preemptRequested" | "handOver"> | null;

/**
 * Reads a part of the past once more, changed or not. Unchanged documents stay untouched (P7), and the watermarks of
 * the nightly run stay where they are. Each conversation that was read to its end is marked with the backfill's id;
 * an interrupted conversation is resumed page by page.
 */
export async function backfillAccount(
  deps: SyncDeps,
  plan: BackfillPlan,
  handover: Handover,
  signal: AbortSignal,
): Promise<RunReport> {
  return await executeRun({ ...deps, backfill: plan.id }, "backfill", signal, async (run) => {
    const { accountStates } = run.stores;
    const note = (lists_read: boolean, finished_at: Date | null) => {
      const selection = JSON.stringify(plan.selection);
      const backfill: BackfillState = { id: plan.id, selection, lists_read, finished_at };
      return accountStates.update(run.accountId, { backfill });
    };
    await note(plan.listsRead, null);
    const listings = await readLists(plan, run);
    if (run.signal.aborted) return;
    await note(true, null);
    if (plan.selection.kind === "items") await readItems(plan.selection, run, listings);
    else await readInLegs(plan.selection, run, listings, handover);
    if (!run.signal.aborted) await note(true, run.clock.now());
  });
}

/** Names, time zones and bookings come first, as messages carry them. For a part of the past, the stored ones will do. */
async function readLists(
  { selection, listsRead }: BackfillPlan,
  run: Run,
): Promise<ReadonlyMap<string, ThreadListing>> {
  const stored = await run.stores.listings.facts(run.accountId);
  if (listsRead || (selection.kind !== "all" && stored.size > 0)) return stored;
  await readAllLists(run);
  return await listingFacts(run);
}

/**
 * Walks the list of conversations and reads the chosen ones. When another run requests the lease, conversations under
 * way come to their end, the lease is handed over and acquired again, and the list is walked anew: it may have
 * changed, and conversations that were read are known by their mark.
 */
async function readInLegs(
  selection: Exclude<Selection, { kind: "items" }>,
  run: Run,
  listings: ReadonlyMap<string, ThreadListing>,
  handover: Handover,
): Promise<void> {
  const scanned: ScanResult = { ids: new Set(), complete: false };
  const tried = new Set<string>();
  const thresholds = createThresholds(run.thresholds);
  const plan: ScanPlan = {
    listings,
    asOf: hostawayNow(run),
    decide: (candidate) => (isLeft(candidate, run, tried) && isChosen(candidate, selection) ? "swept" : null),
    shouldStop: () => handover?.preemptRequested.aborted ?? false,
  };
  for (;;) {
    const deletions = createDeletionDetector(run);
    run.progress.done = 0;
    await processTasks(scan(run, plan, scanned), run, {
      deletions,
      thresholds,
      concurrency: run.concurrency * UNDER_WAY_PER_READER,
      onDone: ({ thread }) => tried.add(thread.record.id),
    });
    if (run.signal.aborted) return;
    await deletions.applyMessageDeletions();
    if (!handover?.preemptRequested.aborted) return;
    await handover.handOver();
  }
}

function isLeft(
  { record, state }: Candidate,
  { backfill, startedAt }: Run,
  tried: ReadonlySet<string>,
): boolean {
  if (isSetAside(state, startedAt)) return false;
  return state?.backfill !== backfill && !tried.has(record.id);
}

/**
 * Whether a conversation may have been active in the chosen days: its last message is not older, and its
 * booking, before which nobody wrote, is not newer. A missing date is no reason to leave it out.
 */
function isChosen(
  { record, reservation }: Pick<Candidate, "record" | "reservation">,
  selection: Exclude<Selection, { kind: "items" }>,
): boolean {
  if (selection.kind === "all") return true;
  const { from, to } = selection;
  const marks = [record.messageSentOn, record.messageReceivedOn].flatMap((mark) => mark?.getTime() ?? []);
  const first = reservation?.source_inserted_at?.getTime() ?? Number.NEGATIVE_INFINITY;
  const last = marks.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...marks);
  return (from === null || last >= Date.parse(from)) && (to === null || first < Date.parse(to) + DAY_MS);
}

/** A conversation that was requested by its own or its reservation's id. */
interface RequestedConversation {
  readonly id: string;
  /** Null: still to be fetched. */
  readonly raw: unknown;
}

async function readItems(
  selection: Extract<Selection, { kind: "items" }>,
  run: Run,
  listings: ReadonlyMap<string, ThreadListing>,
): Promise<void> {
  const context = { listings, deletions: createDeletionDetector(run) };
  await streamBatch(
    requestedConversations(selection, run),
    ({ id, raw }) => (raw === null ? readById(id, run, context) : readRecord(raw, run, context)),
    ({ id }, error) => recordOutcome("requested", { id, reason: "changed", fingerprint: null }, error, run),
    { concurrency: run.concurrency, signal: run.signal },
  );
  if (!run.signal.aborted) await context.deletions.applyMessageDeletions();
}

/** The conversations still to be read, each once. */
async function* requestedConversations(
  { conversations, reservations }: Extract<Selection, { kind: "items" }>,
  run: Run,
): AsyncGenerator<RequestedConversation> {
  const given = new Set<string>();
  const isNew = async (id: string) => {
    const state = given.has(id) ? null : (await run.stores.conversationStates.findMany([id])).get(id);
    const isDone = given.has(id) || state?.backfill === run.backfill;
    given.add(id);
    return !isDone;
  };
  for (const id of new Set(conversations)) if (await isNew(id)) yield { id, raw: null };
  for (const id of new Set(reservations)) {
    for (const raw of await conversationsAbout(id, run)) {
      const conversation = rawId(raw);
      if (conversation !== null && (await isNew(conversation))) yield { id: conversation, raw };
    }
  }
}

/** The reservation itself is stored as well. One that does not exist is a failure of its own. */
async function conversationsAbout(id: string, run: Run): Promise<unknown[]> {
  if (run.signal.aborted) return [];
  try {
    await loadReservations([await run.source.reservation(id, run.signal)], run);
    const found: unknown[] = [];
    for await (const { items } of run.source.conversationsOf(id, run.signal)) {
      // A parameter that Hostaway did not know would be ignored, and all conversations would come.
      if (items.some((raw) => !isAbout(raw, id)))
        throw new ItemError("unexpected", `conversations of reservation ${id}: others came as well`);
      found.push(...items);
    }
    return found;
  } catch (error) {
    const failure = failureFrom(error, { item_type: "reservation", item_id: id, conversation_id: null });
    if (failure.error_type === "interrupted" || run.signal.aborted) throw error;
    run.ledger.fail("reservation", failure);
    return [];
  }
}

function isAbout(raw: unknown, reservationId: string): boolean {
  return (
    typeof raw === "object" && raw !== null && String(Reflect.get(raw, "reservationId")) === reservationId
  );
}
