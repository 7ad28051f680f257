import { setMaxListeners } from "node:events";
import type { Clock } from "../clock.ts";
import { failureFrom, ItemError } from "../domain/failure.ts";
import type { Lease } from "../domain/lease.ts";
import { createLedger, type Ledger } from "../domain/ledger.ts";
import type { Progress } from "../domain/progress.ts";
import { type ApiCounts, type RunFacts, type RunReport, toReport } from "../domain/run-report.ts";
import { findCulprits, type InFlight, inFlightOf } from "./in-flight.ts";
import type { Source, Stores } from "./ports.ts";
import type { ThresholdSettings } from "./thresholds.ts";

export interface SyncDeps {
  readonly runId: string;
  readonly accountId: string;
  readonly source: Source;
  /** Fenced by the lease, or such that nothing is written. */
  readonly stores: Stores;
  /** Null for a dry run, which writes nothing. */
  readonly lease: Lease | null;
  readonly clock: Clock;
  /** Conversations that are read at a time. */
  readonly concurrency: number;
  /** In how many days every conversation is read once more, changed or not. */
  readonly sweepDays: number;
  /** Whether deletions are believed also when they are suspiciously many. */
  readonly acceptDeletions: boolean;
  /** When the run gives up. */
  readonly thresholds: ThresholdSettings;
  /** How many API calls it will take, as far as that can be told before. */
  readonly expectedCalls?: number;
  /** The backfill on whose behalf conversations are read; each is marked with it. */
  readonly backfill?: string;
  readonly apiCounts: () => ApiCounts;
  readonly onProgress?: (progress: Progress) => void;
}

/** What one run carries along. */
export interface Run extends SyncDeps {
  readonly ledger: Ledger;
  readonly inFlight: InFlight;
  readonly startedAt: Date;
  /** Aborts when the caller does, and when something happened that makes going on pointless. */
  readonly signal: AbortSignal;
  /** Ends the run early. Everything in flight settles first. */
  readonly end: (error: unknown) => void;
  /** How many conversations there are, as far as known. */
  total: number | null;
  /** How many the run is done with. */
  settled: number;
  /** What reading everything would have taken; null when it is not known. */
  fullSyncCalls: number | null;
  /** The conversations of which something had failed before the run and is still open. */
  conversationsWithDeadLetters: ReadonlySet<string>;
  /** In a dry run, what would be stored by now of the reservations: when each was updated, by id. */
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
  let fullSyncCalls: number | null = null;
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
      fullSyncCalls,
      openFailures,
    });
  const inFlight = inFlightOf(deps.stores.accountStates, deps.accountId, deps.runId);
  await runScope({ ...deps, ledger, startedAt, inFlight }, signal, async (run) => {
    for (const { failure } of await findCulprits(run.stores, run.accountId, startedAt))
      ledger.fail("conversation", failure);
    run.conversationsWithDeadLetters = await run.stores.deadLetters.conversations(run.accountId);
    await work(run);
    await inFlight.absolve();
    fullSyncCalls = run.fullSyncCalls;
    openFailures = await run.stores.deadLetters.count(run.accountId);
  });
  // A run that cannot write down how it went has not succeeded. Saving is not interruptible.
  const done = report();
  let saved = false;
  await runScope(
    { ...deps, lease: null, ledger, startedAt, inFlight },
    new AbortController().signal,
    async () => {
      await deps.stores.runs.save(done);
      saved = true;
    },
  );
  return saved ? done : report();
}

/** How a run went that never began: nothing was tried, and one reason says why. */
export function reportWithoutRun(
  error: ItemError,
  facts: Omit<RunFacts, "api" | "fullSyncCalls" | "openFailures">,
): RunReport {
  const ledger = createLedger();
  ledger.end(failureFrom(error, { item_type: "run", item_id: null, conversation_id: null }));
  const api = { calls: 0, retries: 0, rate_limited: 0, by_endpoint: {} };
  return toReport(ledger, { ...facts, api, fullSyncCalls: null, openFailures: null });
}

/** Whatever ends it early is written into the ledger, never thrown. */
async function runScope(
  deps: SyncDeps & Pick<Run, "ledger" | "startedAt" | "inFlight">,
  caller: AbortSignal,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // every request in flight listens
  const end = (error: unknown) => {
    deps.ledger.end(failureFrom(error, { item_type: "run", item_id: null, conversation_id: null }));
    stop.abort();
  };
  const unlisten = [
    whenAborted(caller, () => {
      end(new ItemError("interrupted", "stopped before the work was done"));
      // Whoever stops the process may not have the patience to see it end.
      void deps.inFlight.absolve().catch(() => undefined);
    }),
    ...(deps.lease ? [whenAborted(deps.lease.lost, (reason) => end(reason))] : []),
  ];
  try {
    const begin = {
      total: null,
      settled: 0,
      fullSyncCalls: null,
      conversationsWithDeadLetters: new Set<string>(),
      dryRunReservations: new Map(),
    };
    await work({ ...deps, signal: stop.signal, end, ...begin });
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
    conversations: run.settled,
    conversationsTotal: run.total,
    messages: messages.succeeded,
    failed: run.ledger.counts("conversation").failed + messages.failed,
    callsLeft:
      run.expectedCalls === undefined ? null : Math.max(0, run.expectedCalls - run.apiCounts().calls),
  });
}
