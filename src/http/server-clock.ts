import type { Clock } from "../clock.ts";

/** The server's clock, as far as its answers tell. */
export interface ServerClock {
  /** Takes the `Date` header of an answer that came just now; null when it had none. */
  observe(serverTime: Date | null): void;
  /** The moment at the server, at most a second and a round trip late; our own clock's before the first answer. */
  now(): Date;
}

export function createServerClock(clock: Clock): ServerClock {
  let last: { readonly serverMs: number; readonly at: number } | null = null;
  return {
    observe(serverTime) {
      if (serverTime) last = { serverMs: serverTime.getTime(), at: clock.monotonic() };
    },
    now: () => (last ? new Date(last.serverMs + clock.monotonic() - last.at) : clock.now()),
  };
}
