import type { DeadLetter } from "../domain/dead-letter.ts";
import { failureFrom, type ListedType, toItemError } from "../domain/failure.ts";
import { isListed, loadListed, settleLetters } from "./feeds.ts";
import type { Run } from "./run.ts";

/**
 * Reads listings and reservations that failed before once more, one by one. Their change feeds have moved
 * on, so that nothing else would bring them.
 */
export async function retryListItems(letters: readonly DeadLetter[], run: Run): Promise<void> {
  for (const letter of letters) {
    if (run.signal.aborted) return;
    const { item_type: type, item_id } = letter;
    if (item_id !== null && isListed(type)) await retry(letter, type, item_id, run);
  }
}

async function retry(letter: DeadLetter, type: ListedType, id: string, run: Run): Promise<void> {
  const { stores, ledger, accountId } = run;
  const now = run.source.now() ?? run.startedAt;
  try {
    const record = await run.source[type](id, run.signal);
    const failed = await loadListed(type, record, run);
    await settleLetters(run, type, { open: new Set([letter._id]), stored: [id], failed });
  } catch (error) {
    const { type: errorType, endsRun } = toItemError(error);
    if (endsRun || run.signal.aborted) throw error;
    if (errorType === "not_found") {
      await stores.deadLetters.resolve([letter._id]);
      return;
    }
    const failure = failureFrom(error, { item_type: type, item_id: id, conversation_id: null });
    ledger.fail(type, failure);
    await stores.deadLetters.record(accountId, [{ failure, raw: null }], now);
  }
}
