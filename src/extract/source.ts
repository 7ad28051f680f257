import pLimit, { type LimitFunction } from "p-limit";
import type { HostawayClient } from "../hostaway/client.ts";
import type { ListPage } from "../hostaway/paginate.ts";
import type { Source } from "../pipeline/ports.ts";
import { rawId } from "../transform/decode.ts";

/**
 * Hostaway as a run reads it.
 *
 * @param concurrency conversations that are read at the same time; more may be under way, being written
 */
export function createSource(client: HostawayClient, concurrency: number): Source {
  const gate = pLimit(concurrency);
  return {
    listings: (signal) => eachOnce(client.listings(signal)),
    reservations: (signal) => eachOnce(client.reservations(signal)),
    conversations: (signal) => eachOnce(client.conversations(signal)),
    messages: (conversationId, signal) =>
      eachOnce(throughGate(gate, client.messages(conversationId, signal))),
  };
}

/** The lists move while they are read, and show what slid down a second time on the next page. */
async function* eachOnce(pages: AsyncIterable<ListPage>): AsyncGenerator<ListPage> {
  const seen = new Set<string>();
  for await (const { items, count } of pages) {
    const fresh = items.filter((item) => {
      const id = rawId(item);
      if (id === null || !seen.has(id)) {
        if (id !== null) seen.add(id);
        return true;
      }
      return false;
    });
    yield { items: fresh, count };
  }
}

/** Each page waits for its turn. */
async function* throughGate<T>(gate: LimitFunction, pages: AsyncGenerator<T>): AsyncGenerator<T> {
  for (;;) {
    const page = await gate(() => pages.next());
    if (page.done) return;
    yield page.value;
  }
}
