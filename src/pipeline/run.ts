import { setMaxListeners } from "node:events";
import type { Clock } from "../clock.ts";
import { failureFrom, ItemError } from "../domain/failure.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { ApiCounts } from "../domain/run-report.ts";
import type { Source, Stores } from "./ports.ts";

export interface SyncDeps {
  readonly accountId: string;
  readonly source: Source;
  readonly stores: Stores;
  readonly clock: Clock;
  /** Conversations that are read at a time. */
  readonly concurrency: number;
  readonly apiCounts: () => ApiCounts;
  readonly onProgress?: (progress: Progress) => void;
}

/** Where a run stands. */
export interface Progress {
  readonly phase: "listings" | "reservations" | "conversations";
  readonly conversations: number;
  /** Null until the first page of conversations is there. */
  readonly conversationsTotal: number | null;
  readonly messages: number;
  readonly failed: number;
}

/** What one run carries along. */
export interface Run extends SyncDeps {
  readonly ledger: Ledger;
  readonly startedAt: Date;
  /** Aborts when the caller does, and when something happened that makes going on pointless. */
  readonly signal: AbortSignal;
  /** Ends the run early. Everything in flight settles first. */
  readonly end: (error: unknown) => void;
  /** How many conversations there are, as far as known. */
  total: number | null;
}

/** Does the work; whatever ends it early is written into the ledger, never thrown. */
export async function withRun(
  deps: SyncDeps & Pick<Run, "ledger" | "startedAt">,
  caller: AbortSignal,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // every request in flight listens
  const end = (error: unknown) => {
    deps.ledger.end(failureFrom(error, { item_type: "run", item_id: null, conversation_id: null }));
    stop.abort();
  };
  const interrupt = () => end(new ItemError("interrupted", "stopped before the work was done"));
  if (caller.aborted) interrupt();
  caller.addEventListener("abort", interrupt, { once: true });
  try {
    await work({ ...deps, signal: stop.signal, end, total: null });
  } catch (error) {
    end(error);
  } finally {
    caller.removeEventListener("abort", interrupt);
  }
}

export function tellProgress(run: Run, phase: Progress["phase"]): void {
  const conversations = run.ledger.counts("conversation");
  const messages = run.ledger.counts("message");
  run.onProgress?.({
    phase,
    conversations: conversations.attempted,
    conversationsTotal: run.total,
    messages: messages.succeeded,
    failed: conversations.failed + messages.failed,
  });
}
