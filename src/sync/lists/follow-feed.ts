import { failureFrom, type ListedType, toItemError } from "../../domain/failure.ts";
import type { Loaded } from "../load-page.ts";
import type { SourcePage } from "../ports.ts";
import { type Run, tellProgress } from "../run.ts";
import { hostawayNow, updateListDeadLetters } from "../update-dead-letters.ts";
import { later, newestChange } from "./watermark.ts";

export interface Feed<D> {
  readonly type: ListedType;
  readonly pages: AsyncIterable<SourcePage>;
  readonly load: (items: readonly unknown[], run: Run) => Promise<Loaded<D>>;
  readonly idOf: (document: D) => string;
  /** Whether no later page can hold a change. */
  readonly isEnough: (documents: readonly D[]) => boolean;
}

export interface FollowedFeed {
  /** Whether every changed item is stored, or a dead letter with an id, so that the watermark may move (P4). */
  readonly whole: boolean;
  /** The newest change in the past; null when no row has a date. */
  readonly newest: Date | null;
  /** Items of the whole list; null when Hostaway did not say. */
  readonly count: number | null;
}

/**
 * Reads a feed as far as necessary. A feed that breaks off is one failure; the pages before are stored, and the run goes
 * on. Throws only errors that end the run.
 */
export async function followFeed<D extends { readonly source_updated_at: Date | null }>(
  run: Run,
  { type, pages, load, idOf, isEnough }: Feed<D>,
): Promise<FollowedFeed> {
  const { deadLetters } = run.stores;
  const open = new Set((await deadLetters.open(run.accountId, { types: [type] })).map(({ _id }) => _id));
  let isNameless = false;
  let newest: Date | null = null;
  let count: number | null = null;
  try {
    for await (const page of pages) {
      count = page.count;
      const { documents, failed } = await load(page.items, run);
      isNameless ||= failed.some(({ failure }) => failure.item_id === null);
      await updateListDeadLetters(run, type, { open, stored: documents.map(idOf), failed });
      tellProgress(run, `${type}s`);
      newest = later(newestChange(documents, hostawayNow(run)), newest);
      if (isEnough(documents)) break;
    }
    if (!isNameless && open.size > 0) await deadLetters.resolveNameless(run.accountId, type);
    return { whole: !isNameless, newest, count };
  } catch (error) {
    if (run.signal.aborted || toItemError(error).endsRun) throw error;
    run.ledger.fail(type, failureFrom(error, { item_type: type, item_id: null, conversation_id: null }));
    return { whole: false, newest, count };
  }
}
