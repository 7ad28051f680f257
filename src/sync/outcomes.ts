import { failureFrom, type ItemError } from "../domain/failure.ts";
import type { Outcome } from "./batch.ts";
import { type DeletionDetector, forgetLetters } from "./deletion-detector.ts";
import { readConversation, settleUnreadable } from "./read-conversation.ts";
import { refreshConversation } from "./refresh-conversation.ts";
import { type Run, tellProgress } from "./run.ts";
import type { Task } from "./scan.ts";
import type { Thresholds } from "./thresholds.ts";

export async function processTask(task: Task, run: Run, deletions: DeletionDetector): Promise<void> {
  if (task.why === "refreshed") await refreshConversation(task, run);
  else await readConversation(task, run, deletions);
}

/** Takes note of how a conversation went, and ends the run when going on is pointless. */
export async function settleConversation(
  outcome: Outcome<Task, void>,
  run: Run,
  thresholds: Thresholds,
): Promise<void> {
  const { why } = outcome.item;
  if (outcome.ok) {
    run.ledger.observe(why);
    thresholds.note(null, "");
  } else {
    await settleUnread(outcome.item, outcome.error, run, thresholds);
  }
  run.settled += 1;
  tellProgress(run, "conversations");
}

/**
 * A conversation that was listed a moment ago and is not found now was deleted. One that was in flight when
 * the run was stopped is not to blame: why the run ended is written down once. Anything else is a failure.
 */
async function settleUnread(task: Task, error: ItemError, run: Run, thresholds: Thresholds): Promise<void> {
  const { id } = task.thread.record;
  if (error.endsRun) run.end(error);
  if (error.type === "interrupted") return;
  run.ledger.observe(task.why);
  try {
    if (error.type === "not_found") return await settleGone(id, run);
    const failure = failureFrom(error, { item_type: "conversation", item_id: id, conversation_id: id });
    run.ledger.fail("conversation", failure);
    if (error.endsRun) return;
    await settleUnreadable(task, failure, run);
  } catch (worse) {
    run.end(worse);
  }
  const total = run.total === null ? "" : ` of ${run.total}`;
  const pointless = thresholds.note(error, `after ${run.settled + 1}${total} conversations`);
  if (pointless) run.end(pointless);
}

async function settleGone(id: string, run: Run): Promise<void> {
  run.ledger.gone();
  await forgetLetters(id, run);
}

/** The same for a conversation that is read once more because it, or a message of it, had failed. */
export async function settleReplayed(outcome: Outcome<string, void>, run: Run): Promise<void> {
  run.settled += 1;
  tellProgress(run, "conversations");
  if (outcome.ok) {
    run.ledger.observe("changed");
    return;
  }
  const { item: id, error } = outcome;
  if (error.endsRun) run.end(error);
  if (error.type === "interrupted") return;
  try {
    await settleFailedReplay(id, error, run);
  } catch (worse) {
    run.end(worse);
  }
}

/** The same for one that a person asked for by its id: then one that is not there is a failure. */
export async function settleAsked(outcome: Outcome<string, void>, run: Run): Promise<void> {
  if (outcome.ok || outcome.error.type !== "not_found") return await settleReplayed(outcome, run);
  const { item: id, error } = outcome;
  run.settled += 1;
  tellProgress(run, "conversations");
  run.ledger.fail(
    "conversation",
    failureFrom(error, { item_type: "conversation", item_id: id, conversation_id: id }),
  );
}

async function settleFailedReplay(id: string, error: ItemError, run: Run): Promise<void> {
  const { deadLetters, conversationStates } = run.stores;
  if (error.type === "not_found") {
    await settleGone(id, run);
    return;
  }
  const failure = failureFrom(error, { item_type: "conversation", item_id: id, conversation_id: id });
  run.ledger.fail("conversation", failure);
  const now = run.source.now() ?? run.startedAt;
  const retry_at = await deadLetters.record(run.accountId, [{ failure, raw: null }], now);
  const state = (await conversationStates.findMany([id])).get(id);
  if (state?.failed) await conversationStates.update(id, { failed: { ...state.failed, retry_at } });
}
