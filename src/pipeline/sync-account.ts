import pMap from "p-map";
import { failureFrom, toItemError } from "../domain/failure.ts";
import { createLedger } from "../domain/ledger.ts";
import { type RunReport, toReport } from "../domain/run-report.ts";
import type { ListingFacts } from "../transform/thread.ts";
import { followListings, followReservations } from "./feeds.ts";
import { readConversation } from "./read-conversation.ts";
import { refreshConversation } from "./refresh-conversation.ts";
import { type Run, type SyncDeps, tellProgress, withRun } from "./run.ts";
import { type Scanned, type ScanPlan, scan, type Task } from "./scan.ts";
import { createVanished } from "./vanished.ts";

/**
 * One run over the account: the listings and reservations that changed, so that names and time zones are
 * there before the messages that carry them; then a scan of all conversations, of which only those are
 * read that changed, or whose turn it is; then what has vanished.
 *
 * It may be killed at any moment and run twice. Whatever says "done", a fingerprint, a watermark, the
 * report, is written after the data it speaks of (P4), and compared afresh by the next run: nothing depends
 * on this one having noticed a change. The caller holds the lease.
 */
export async function syncAccount(deps: SyncDeps, runId: string, signal: AbortSignal): Promise<RunReport> {
  const startedAt = deps.clock.now();
  const ledger = createLedger();
  let fullSyncCalls: number | null = null;
  const report = () =>
    toReport(ledger, {
      runId,
      accountId: deps.accountId,
      dryRun: deps.lease === null,
      startedAt,
      finishedAt: deps.clock.now(),
      api: deps.apiCounts(),
      fullSyncCalls,
    });
  await withRun({ ...deps, ledger, startedAt }, signal, async (run) => {
    const watermarks = await run.stores.accountStates.read(run.accountId);
    const listings = await followListings(run, watermarks);
    // Hostaway's clock is known by now, from its first answers, unless all of them went wrong.
    const asOf = run.source.now();
    const reservations = await followReservations(run, watermarks, asOf);
    const scanned = await syncConversations(run, listings, asOf ?? startedAt);
    if (scanned.complete)
      fullSyncCalls = callsOfFullSync(run, listings.size, reservations ?? scanned.ids.size);
  });
  // A run that cannot write down how it went has not succeeded. Saving is not interruptible.
  await withRun({ ...deps, lease: null, ledger, startedAt }, new AbortController().signal, () =>
    deps.stores.runs.save(report()),
  );
  return report();
}

/**
 * For each conversation that is being read, a few more are transformed and written: what they write goes
 * to the database in one batch, and the readers never wait for it.
 */
const UNDER_WAY_PER_READER = 4;

async function syncConversations(
  run: Run,
  listings: ReadonlyMap<string, ListingFacts>,
  asOf: Date,
): Promise<Scanned> {
  const scanned: Scanned = { ids: new Set(), complete: false };
  const vanished = createVanished(run);
  const slice = async (task: Task): Promise<void> => {
    try {
      if (task.why === "refreshed") await refreshConversation(task, run);
      else await readConversation(task, run, vanished);
      run.ledger.observe(task.why);
    } catch (error) {
      settleUnread(run, task, error);
    }
    run.settled += 1;
    tellProgress(run, "conversations");
  };
  const plan = { listings, asOf, cut: await sweepCutOf(run) };
  await pMap(scan(run, plan, scanned), slice, { concurrency: run.concurrency * UNDER_WAY_PER_READER });
  tellProgress(run, "conversations");
  if (run.signal.aborted) return { ...scanned, complete: false };
  await vanished.concludeMessages();
  await vanished.concludeConversations(scanned);
  return scanned;
}

/** Every run reads one conversation in `sweepDays` although it shows no change: an edit or a deletion shows none. */
async function sweepCutOf({ stores, accountId, sweepDays }: Run): Promise<ScanPlan["cut"]> {
  if (sweepDays === 1) return "all";
  const quota = Math.ceil((await stores.conversationStates.count(accountId)) / sweepDays);
  return quota === 0 ? null : await stores.conversationStates.sweepCut(accountId, quota);
}

/**
 * A conversation that was listed a moment ago and is not found now was deleted. One that was in flight when
 * the run was stopped is not to blame: why the run ended is written down once. Anything else is a failure.
 */
function settleUnread(run: Run, { thread, why }: Task, error: unknown): void {
  const { type, endsRun } = toItemError(error);
  const { id } = thread.record;
  if (endsRun) run.end(error);
  if (type === "interrupted") return;
  run.ledger.observe(why);
  if (type === "not_found") run.ledger.gone();
  else
    run.ledger.fail(
      "conversation",
      failureFrom(error, { item_type: "conversation", item_id: id, conversation_id: id }),
    );
}

/** A token, the lists, and every conversation's messages. */
function callsOfFullSync({ source, ledger }: Run, listings: number, reservations: number): number {
  const { scanned, messagePages } = ledger.observations;
  const pages = (items: number, size: number) => Math.max(1, Math.ceil(items / size));
  const { listings: ofListings, others } = source.pageSizes;
  return (
    1 + pages(listings, ofListings) + pages(reservations, others) + pages(scanned, others) + messagePages
  );
}
