import type { Clock } from "../clock.ts";

/** The server's clock, as far as its answers tell. */
export interface ServerClock {
  /** Takes the `Date` header of a good answer that came just now; null when it had none. */
  observe(serverTime: Date | null): void;
  /** The moment at the server, at most a second and a round trip late. Null before the first answer. */
  now(): Date | null;
}

/** Should the server's answers have no dates, ours must do. */
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
