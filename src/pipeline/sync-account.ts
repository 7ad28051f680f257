import pMap from "p-map";
import { failureFrom, toItemError } from "../domain/failure.ts";
import { createLedger } from "../domain/ledger.ts";
import { type RunReport, toReport } from "../domain/run-report.ts";
import * as hostaway from "../hostaway/schemas.ts";
import type { Thread } from "../transform/thread.ts";
import { toListing } from "../transform/to-listing.ts";
import { toReservation } from "../transform/to-reservation.ts";
import { loadPage } from "./load-page.ts";
import type { SourcePage } from "./ports.ts";
import { type Run, type SyncDeps, tellProgress, withRun } from "./run.ts";
import { syncConversation } from "./sync-conversation.ts";
import { threads } from "./threads.ts";

/**
 * One run over the whole account: listings, reservations, then every conversation with its messages, so
 * that names and time zones are there before the messages that carry them.
 *
 * It is safe to run twice and to kill at any moment: documents are functions of what Hostaway sent, so a
 * repetition changes nothing (P7), and the report, which says how it went, is written last (P4).
 */
export async function syncAccount(deps: SyncDeps, runId: string, signal: AbortSignal): Promise<RunReport> {
  const startedAt = deps.clock.now();
  const ledger = createLedger();
  const report = () =>
    toReport(ledger, {
      runId,
      accountId: deps.accountId,
      startedAt,
      finishedAt: deps.clock.now(),
      api: deps.apiCounts(),
    });
  await withRun({ ...deps, ledger, startedAt }, signal, async (run) => {
    await syncListings(run);
    await syncReservations(run);
    await syncConversations(run);
  });
  // A run that cannot write down how it went has not succeeded. Saving is not interruptible.
  await withRun({ ...deps, ledger, startedAt }, new AbortController().signal, () =>
    deps.stores.runs.save(report()),
  );
  return report();
}

async function syncListings(run: Run): Promise<void> {
  const { source, stores, ledger, accountId } = run;
  const target = { type: "listing", schema: hostaway.Listing, store: stores.listings, ledger } as const;
  const toDocuments = (records: readonly hostaway.Listing[]) =>
    records.map((record) => toListing(record, accountId));
  await walk(run, "listing", source.listings(run.signal), async ({ items }) => {
    await loadPage({ ...target, items, toDocuments });
    tellProgress(run, "listings");
  });
}

async function syncReservations(run: Run): Promise<void> {
  const { source, stores, ledger, accountId } = run;
  const target = {
    type: "reservation",
    schema: hostaway.Reservation,
    store: stores.reservations,
    ledger,
  } as const;
  const toDocuments = (records: readonly hostaway.Reservation[]) =>
    records.map((record) => toReservation(record, accountId));
  await walk(run, "reservation", source.reservations(run.signal), async ({ items }) => {
    await loadPage({ ...target, items, toDocuments });
    tellProgress(run, "reservations");
  });
}

/** A list that cannot be read to its end is one failure; what came of it is stored, and the run goes on. */
async function walk(
  run: Run,
  type: "listing" | "reservation",
  pages: AsyncIterable<SourcePage>,
  each: (page: SourcePage) => Promise<void>,
): Promise<void> {
  try {
    for await (const page of pages) await each(page);
  } catch (error) {
    if (run.signal.aborted || toItemError(error).endsRun) throw error;
    run.ledger.fail(type, failureFrom(error, { item_type: type, item_id: null, conversation_id: null }));
  }
}

/**
 * For each conversation that is being read, a few more are transformed and written: what they write goes
 * to the database in one batch, and the readers never wait for it.
 */
const UNDER_WAY_PER_READER = 4;

async function syncConversations(run: Run): Promise<void> {
  const listings = await run.stores.listings.facts(run.accountId);
  const slice = async (thread: Thread): Promise<void> => {
    try {
      await syncConversation(thread, run, run.signal);
    } catch (error) {
      settleUnread(run, thread.record.id, error);
    }
    tellProgress(run, "conversations");
  };
  await pMap(threads(run, listings), slice, { concurrency: run.concurrency * UNDER_WAY_PER_READER });
}

/**
 * A conversation that was listed a moment ago and is not found now was deleted. One that was in flight when
 * the run was stopped is not to blame: why the run ended is written down once. Anything else is a failure.
 */
function settleUnread(run: Run, id: string, error: unknown): void {
  const { type, endsRun } = toItemError(error);
  if (type === "interrupted") return;
  if (type === "not_found") {
    run.ledger.gone("conversation");
    return;
  }
  run.ledger.fail(
    "conversation",
    failureFrom(error, { item_type: "conversation", item_id: id, conversation_id: id }),
  );
  if (endsRun) run.end(error);
}
