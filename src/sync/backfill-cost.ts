import type { BackfillPlan } from "./backfill.ts";
import type { Source, Stores } from "./ports.ts";

/** The cost of a backfill, estimated from the stored documents. */
export interface BackfillCost {
  readonly conversations: number;
  readonly calls: number;
  /** At the allowed rate; it may take longer, never less. */
  readonly ms: number;
}

interface Known {
  readonly source: Pick<Source, "conversations" | "pageSizes">;
  readonly stores: Pick<Stores, "conversations" | "conversationStates" | "listings">;
  readonly accountId: string;
  readonly rateLimit: { readonly limit: number; readonly windowMs: number };
}

/** Costs a call itself, unless ids are given: Hostaway is asked how many conversations there are. */
export async function estimateBackfill(
  known: Known,
  { id, selection, listsRead }: BackfillPlan,
  signal: AbortSignal,
): Promise<BackfillCost> {
  const { source, stores, accountId } = known;
  const { others, listings: listingsAtOnce } = source.pageSizes;
  const pages = (items: number, size: number) => Math.max(1, Math.ceil(items / size));
  if (selection.kind === "items") {
    // A reservation: itself, its conversations, their messages; a conversation: itself, its messages.
    const { conversations, reservations } = selection;
    return costOf(
      conversations.length + reservations.length,
      1 + 2 * conversations.length + 3 * reservations.length,
      known,
    );
  }
  const stored = await stores.conversationStates.count(accountId);
  const all = Math.max(stored, await countAll(source, signal));
  const messagePages = Math.max(all, await stores.conversationStates.countPages(accountId));
  const from = selection.kind === "activity" && selection.from !== null ? new Date(selection.from) : null;
  const share = from && stored > 0 ? (await stores.conversations.countActive(accountId, from)) / stored : 1;
  const done = await stores.conversationStates.countBackfilled(accountId, id);
  const chosen = Math.max(0, Math.round(all * share) - done);
  const listings = await stores.listings.facts(accountId);
  const lists =
    selection.kind === "all" && !listsRead ? pages(listings.size, listingsAtOnce) + pages(all, others) : 0;
  const messages = Math.ceil(messagePages * (all === 0 ? 0 : chosen / all));
  return costOf(chosen, 1 + lists + pages(all, others) + messages, known);
}

function costOf(conversations: number, calls: number, { rateLimit }: Known): BackfillCost {
  return { conversations, calls, ms: Math.round((calls / rateLimit.limit) * rateLimit.windowMs) };
}

async function countAll({ conversations }: Known["source"], signal: AbortSignal): Promise<number> {
  for await (const { count, items } of conversations(signal)) return count ?? items.length;
  return 0;
}
