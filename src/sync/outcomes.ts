import { failureFrom, type ItemError } from "../domain/failure.ts";
import { type Run, tellProgress } from "./run.ts";
import type { Task } from "./scan.ts";
import type { Thresholds } from "./thresholds.ts";
import { dropDeadLetters, recordDeadLetters } from "./update-dead-letters.ts";

/** A conversation that was to be read. */
export interface ReadConversation {
  readonly id: string;
  /** Why it was read. */
  readonly reason: Task["reason"];
  /** As the list showed it; null where it was found by its id. */
  readonly fingerprint: string | null;
}

/** Nightly: the scan chose it. Replay: it, or a message of it, had failed. Requested: a person named its id. */
export type Occasion = "nightly" | "replay" | "requested";

type Handler = (read: ReadConversation, error: ItemError, run: Run) => Promise<void>;

/**
 * How an outcome is recorded. Besides these: success is counted by its reason; an interrupted conversation is not
 * counted, because the run records once why it ended.
 *
 * | occasion  | gone (404)                                | failed                                         |
 * | --------- | ----------------------------------------- | ---------------------------------------------- |
 * | nightly   | counted as gone, dead letters dropped     | one failure, one dead letter, read when due    |
 * | replay    | counted as gone, dead letters dropped     | the same, and its next try moves with the letter |
 * | requested | one failure: the id does not exist        | as in a replay                                 |
 */
const HANDLERS: Readonly<Record<Occasion, { readonly gone: Handler; readonly failed: Handler }>> = {
  nightly: { gone: countAsGone, failed: countAndPostpone },
  replay: { gone: countAsGone, failed: countAndPostpone },
  requested: { gone: count, failed: countAndPostpone },
};

/**
 * Records how the reading of a conversation went, and ends the run when going on is pointless. Never throws.
 *
 * @param error null when it was read to its end
 * @param thresholds null where each conversation was chosen by itself, and failures say nothing about the others
 */
export async function recordOutcome(
  occasion: Occasion,
  read: ReadConversation,
  error: ItemError | null,
  run: Run,
  thresholds: Thresholds | null = null,
): Promise<void> {
  if (error === null) {
    run.ledger.observe(read.reason);
    thresholds?.note(null, "");
  } else {
    await recordError(occasion, read, error, run);
    const pointless = saysNothingOfOthers(error) ? null : thresholds?.note(error, placeOf(run));
    if (pointless) run.end(pointless);
  }
  run.progress.done += 1;
  tellProgress(run, "conversations");
}

async function recordError(
  occasion: Occasion,
  read: ReadConversation,
  error: ItemError,
  run: Run,
): Promise<void> {
  if (error.endsRun) run.end(error);
  if (error.type === "interrupted") return;
  if (occasion === "nightly") run.ledger.observe(read.reason);
  const { gone, failed } = HANDLERS[occasion];
  try {
    await (error.type === "not_found" ? gone : failed)(read, error, run);
  } catch (worse) {
    run.end(worse);
  }
}

function saysNothingOfOthers({ type, endsRun }: ItemError): boolean {
  return endsRun || type === "interrupted" || type === "not_found";
}

function placeOf({ progress: { done, total } }: Run): string {
  return `after ${done + 1}${total === null ? "" : ` of ${total}`} conversations`;
}

async function countAsGone({ id }: ReadConversation, _: ItemError, run: Run): Promise<void> {
  run.ledger.gone();
  await dropDeadLetters(run, id);
}

async function count({ id }: ReadConversation, error: ItemError, run: Run): Promise<void> {
  run.ledger.fail("conversation", failureOf(id, error));
}

async function countAndPostpone(read: ReadConversation, error: ItemError, run: Run): Promise<void> {
  await count(read, error, run);
  if (error.endsRun) return;
  const retry_at = await recordDeadLetters(run, [{ failure: failureOf(read.id, error), raw: null }]);
  if (retry_at) await postpone(read, retry_at, run);
}

/** It is read again when its dead letter is due, unless it shows a change before. */
async function postpone({ id, fingerprint }: ReadConversation, retry_at: Date, run: Run): Promise<void> {
  const { conversationStates } = run.stores;
  if (fingerprint !== null) {
    // The process lives: this conversation did not end it.
    const failed = { fingerprint, retry_at };
    await conversationStates.update(id, { fingerprint: null, failed, crashes: null });
    return;
  }
  const state = (await conversationStates.findMany([id])).get(id);
  if (state?.failed) await conversationStates.update(id, { failed: { ...state.failed, retry_at } });
}

function failureOf(id: string, error: ItemError) {
  return failureFrom(error, { item_type: "conversation", item_id: id, conversation_id: id });
}
