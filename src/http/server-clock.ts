import type { Clock } from "../clock.ts";

/** The server's clock, derived from its responses. */
export interface ServerClock {
  /** Takes the `Date` header of a successful response that came just now; null without the header. */
  observe(serverTime: Date | null): void;
  /** The moment at the server, at most a second and a round trip late. Null before the first response. */
  now(): Date | null;
}

/** Without dates in the responses, the local clock is used. */
export function createServerClock(clock: Clock): ServerClock {
  let last: { readonly serverMs: number; readonly at: number } | null = null;
  let answered = false;
  return {
    observe(serverTime) {
      answered = true;
      if (serverTime) last = { serverMs: serverTime.getTime(), at: clock.monotonic() };
    },
    now() {
      if (last) return new Date(last.serverMs + clock.monotonic() - last.at);
      return answered ? clock.now() : null;
    },
  };
}
