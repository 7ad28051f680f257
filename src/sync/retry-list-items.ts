import type { DeadLetter } from "../domain/dead-letter.ts";
import { failureFrom, type ListedType, toItemError } from "../domain/failure.ts";
import { isListed, loadListed } from "./lists/lists.ts";
import type { Run } from "./run.ts";
import { recordDeadLetters, updateListDeadLetters } from "./update-dead-letters.ts";

/**
 * Reads failed listings and reservations once more, one by one: their change feeds have moved on and do not show them
 * again.
 */
export async function retryListItems(letters: readonly DeadLetter[], run: Run): Promise<void> {
  for (const letter of letters) {
    if (run.signal.aborted) return;
    const { item_type: type, item_id } = letter;
    if (item_id !== null && isListed(type)) await retry(letter, type, item_id, run);
  }
}

async function retry(letter: DeadLetter, type: ListedType, id: string, run: Run): Promise<void> {
  const { stores, ledger } = run;
  try {
    const record = await run.source[type](id, run.signal);
    const failed = await loadListed(type, record, run);
    await updateListDeadLetters(run, type, { open: new Set([letter._id]), stored: [id], failed });
  } catch (error) {
    const { type: errorType, endsRun } = toItemError(error);
    if (endsRun || run.signal.aborted) throw error;
    if (errorType === "not_found") {
      await stores.deadLetters.resolve([letter._id]);
      return;
    }
    const failure = failureFrom(error, { item_type: type, item_id: id, conversation_id: null });
    ledger.fail(type, failure);
    await recordDeadLetters(run, [{ failure, raw: null }]);
  }
}
