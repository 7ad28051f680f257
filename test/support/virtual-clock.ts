import type { Clock } from "../../src/clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export interface VirtualClock extends Clock {
  /** Moves time to the next sleeper, again and again, until nobody sleeps or `untilMs` is reached. */
  run(untilMs?: number): Promise<void>;
}

/** Time moves only when the test says so; everything that became possible happens before it moves on. */
export function createVirtualClock(start = new Date("2026-01-01T01:00:00Z")): VirtualClock {
  const sleepers: Sleeper[] = [];
  let elapsed = 0;
  return {
    now: () => new Date(start.getTime() + elapsed),
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        sleepers.push({ at: elapsed + ms, wake: resolve });
      }),
    async run(untilMs = Number.POSITIVE_INFINITY) {
      for (;;) {
        await settle();
        const next = sleepers.reduce<Sleeper | null>((a, b) => (a && a.at <= b.at ? a : b), null);
        if (!next || next.at > untilMs) return;
        elapsed = Math.max(elapsed, next.at);
        sleepers.splice(sleepers.indexOf(next), 1);
        next.wake();
      }
    },
  };
}

/** Lets every promise that can go on go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
