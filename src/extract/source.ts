import pLimit, { type LimitFunction } from "p-limit";
import type { HostawayClient } from "../hostaway/client.ts";
import type { Source } from "../pipeline/ports.ts";

/**
 * Hostaway as a run reads it.
 *
 * @param concurrency conversations that are read at the same time; more may be under way, being written
 * @param now Hostaway's clock
 */
export function createSource(client: HostawayClient, concurrency: number, now: () => Date | null): Source {
  const gate = pLimit(concurrency);
  return {
    now,
    pageSizes: client.pageSizes,
    listings: client.listings,
    reservations: client.reservations,
    conversations: client.conversations,
    conversationsOf: client.conversationsOf,
    listing: client.listing,
    reservation: client.reservation,
    conversation: client.conversation,
    messages: (conversationId, from, signal) =>
      throughGate(gate, client.messages(conversationId, from, signal)),
  };
}

/** Each page waits for its turn. */
async function* throughGate<T>(gate: LimitFunction, pages: AsyncGenerator<T>): AsyncGenerator<T> {
  for (;;) {
    const page = await gate(() => pages.next());
    if (page.done) return;
    yield page.value;
  }
}
