import type { HostawayClient } from "../hostaway/client.ts";
import type { ListPage } from "../hostaway/paginate.ts";
import type { Source } from "../pipeline/ports.ts";
import { rawId } from "../transform/decode.ts";

/** Hostaway as a run reads it. */
export function createSource(client: HostawayClient): Source {
  return {
    listings: (signal) => eachOnce(client.listings(signal)),
    reservations: (signal) => eachOnce(client.reservations(signal)),
    conversations: (signal) => eachOnce(client.conversations(signal)),
    messages: (conversationId, signal) => eachOnce(client.messages(conversationId, signal)),
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
