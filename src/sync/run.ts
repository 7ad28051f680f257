import { setMaxListeners } from "node:events";
import type { Clock } from "../clock.ts";
import { failureFrom, ItemError } from "../domain/failure.ts";
import type { Lease } from "../domain/lease.ts";
import { createLedger, type Ledger } from "../domain/ledger.ts";
import type { Progress } from "../domain/progress.ts";
import { type ApiCounts, type RunFacts, type RunReport, toReport } from "../domain/run-report.ts";
import type { ThreadListing } from "../transform/thread.ts";
import { findCulprits, type InFlight, inFlightOf } from "./in-flight.ts";
import type { Source, Stores } from "./ports.ts";
import type { ThresholdSettings } from "./thresholds.ts";

export interface SyncDeps {
  readonly runId: string;
  readonly accountId: string;
  readonly source: Source;
  /** Fenced by the lease; without a lease they write nothing. */
  readonly stores: Stores;
  /** Null for a dry run, which writes nothing. */
  readonly lease: Lease | null;
  readonly clock: Clock;
  /** Conversations that are read at the same time. */
  readonly concurrency: number;
  /** Days within which every conversation is read once more, changed or not. */
  readonly sweepDays: number;
  /** Whether deletions are believed even if they are suspiciously many. */
  readonly acceptDeletions: boolean;
  /** When the run gives up. */
  readonly thresholds: ThresholdSettings;
  /** An estimate of the API calls that the run takes. */
  readonly expectedCalls?: number;
  /** The backfill on whose behalf conversations are read; each is marked with it. */
  readonly backfill?: string;
  readonly apiCounts: () => ApiCounts;
  readonly onProgress?: (progress: Progress) => void;
}

/** The part of a run that moves. */
export interface RunProgress {
  /** Conversations of the account, as far as known. */
  total: number | null;
  /** Conversations that the run is done with. */
  done: number;
  /** API calls that a full sync would have taken; null when it is not known. */
  fullSyncCalls: number | null;
}

/** One run under way. */
export interface Run extends SyncDeps {
  readonly startedAt: Date;
  /** Aborts with the caller's signal, with the lease, and when something happens that makes going on pointless. */
  readonly signal: AbortSignal;
  /** Ends the run early; conversations in flight come to their end first. The first reason stands. */
  readonly end: (error: unknown) => void;
  readonly ledger: Ledger;
  readonly inFlight: InFlight;
  readonly progress: RunProgress;
  /** As of the beginning of the run: dead letters that are open for a conversation or its messages. */
  readonly conversationsWithDeadLetters: ReadonlySet<string>;
  /** Filled in by the run: the listings that it has read, by id. */
  readonly listingsRead: Map<string, ThreadListing>;
  /** In a dry run, the reservations that would be stored by now: when each was updated, by id. */
  readonly dryRunReservations: Map<string, number>;
}

/** Does the work, and reports on it whatever happens. The report is stored last (P4). */
export async function executeRun(
  deps: SyncDeps,
  mode: RunReport["mode"],
  signal: AbortSignal,
  work: (run: Run) => Promise<void>,
): Promise<RunReport> {
  const startedAt = deps.clock.now();
  const ledger = createLedger();
  const progress: RunProgress = { total: null, done: 0, fullSyncCalls: null };
  const inFlight = inFlightOf(deps.stores.accountStates, deps.accountId, deps.runId);
  const begun = { ...deps, ledger, startedAt, inFlight, progress };
  let openFailures: number | null = null;
  const report = () =>
    toReport(ledger, {
      runId: deps.runId,
      accountId: deps.accountId,
      mode,
      dryRun: deps.lease === null,
      startedAt,
      finishedAt: deps.clock.now(),
      api: deps.apiCounts(),
      fullSyncCalls: progress.fullSyncCalls,
      openFailures,
    });
  await runScope(begun, signal, async (scope) => {
    const { deadLetters } = deps.stores;
    for (const { failure } of await findCulprits(deps.stores, deps.accountId, startedAt))
      ledger.fail("conversation", failure);
    await work({
      ...scope,
      conversationsWithDeadLetters: await deadLetters.conversations(deps.accountId),
      listingsRead: new Map(),
      dryRunReservations: new Map(),
    });
    await inFlight.absolve();
    openFailures = await deadLetters.count(deps.accountId);
  });
  // A run that cannot write down how it went has not succeeded. Saving is not interruptible.
  const finished = report();
  let isSaved = false;
  await runScope({ ...begun, lease: null }, new AbortController().signal, async () => {
    await deps.stores.runs.save(finished);
    isSaved = true;
  });
  return isSaved ? finished : report();
}

/** The report of a run that never began: nothing was tried, and one reason says why. */
export function reportWithoutRun(
  error: ItemError,
  facts: Omit<RunFacts, "api" | "fullSyncCalls" | "openFailures">,
): RunReport {
  const ledger = createLedger();
  ledger.end(failureFrom(error, { item_type: "run", item_id: null, conversation_id: null }));
  const api = { calls: 0, retries: 0, rate_limited: 0, by_endpoint: {} };
  return toReport(ledger, { ...facts, api, fullSyncCalls: null, openFailures: null });
}

type Begun = SyncDeps & Pick<Run, "ledger" | "startedAt" | "inFlight" | "progress">;

/** An error that ends the work early is written into the ledger, never thrown. */
async function runScope(
  begun: Begun,
  caller: AbortSignal,
  work: (scope: Begun & Pick<Run, "signal" | "end">) => Promise<void>,
): Promise<void> {
  const { ledger, inFlight, lease } = begun;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // every request in flight listens
  const end = (error: unknown) => {
    ledger.end(failureFrom(error, { item_type: "run", item_id: null, conversation_id: null }));
    stop.abort();
  };
  const unlisten = [
    whenAborted(caller, () => {
      end(new ItemError("interrupted", "stopped before the work was done"));
      // The person who stops the process may not have the patience to see it end.
      void inFlight.absolve().catch(() => undefined);
    }),
    ...(lease ? [whenAborted(lease.lost, end)] : []),
  ];
  try {
    await work({ ...begun, signal: stop.signal, end });
  } catch (error) {
    end(error);
  } finally {
    for (const stopListening of unlisten) stopListening();
  }
}

function whenAborted(signal: AbortSignal, act: (reason: unknown) => void): () => void {
  const listener = () => act(signal.reason);
  if (signal.aborted) listener();
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

export function tellProgress(run: Run, phase: Progress["phase"]): void {
  const messages = run.ledger.counts("message");
  run.onProgress?.({
    phase,
    conversations: run.progress.done,
    conversationsTotal: run.progress.total,
    messages: messages.succeeded,
    failed: run.ledger.counts("conversation").failed + messages.failed,
    callsLeft:
      run.expectedCalls === undefined ? null : Math.max(0, run.expectedCalls - run.apiCounts().calls),
  });
}
