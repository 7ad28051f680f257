import pLimit, { type LimitFunction } from "p-limit";
import type { Source } from "../sync/ports.ts";
import type { HostawayClient } from "./client.ts";

/**
 * The source of a run: Hostaway's API.
 *
 * @param concurrency conversations that are read at the same time; more may be under way, being written
 * @param now Hostaway's clock
 */
export function createSource(client: HostawayClient, concurrency: number, now: () => Date | null): Source {
  const gate = pLimit(concurrency);
  return {
    ...client,
    now,
    messages: (conversationId, from, signal) =>
      throughGate(gate, client.messages(conversationId, from, signal)),
  };
}

/** Each page waits for a free place. */
async function* throughGate<T>(gate: LimitFunction, pages: AsyncIterable<T>): AsyncGenerator<T> {
  const walk = pages[Symbol.asyncIterator]();
  for (;;) {
    const page = await gate(() => walk.next());
    if (page.done) return;
    yield page.value;
  }
}
