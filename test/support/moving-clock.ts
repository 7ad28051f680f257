import type { Clock } from "../../src/clock.ts";

/** A calendar's time, days of it in a moment; it moves only when it is told to. */
export interface MovingClock extends Clock {
  /** Moves on from one sleeper to the next, up to a moment; each is heard to the end before the next wakes. */
  moveTo(moment: Date, isIdle?: () => boolean): Promise<void>;
  /** What a suspended machine, or a clock that is set, does: time is another, nobody was woken. */
  jumpTo(moment: Date): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function createMovingClock(begin: string): MovingClock {
  let now = Date.parse(begin);
  const sleepers = new Set<Sleeper>();

  const settle = async (isIdle: () => boolean) => {
    do await new Promise(setImmediate);
    while (!isIdle());
    await new Promise(setImmediate);
  };

  return {
    now: () => new Date(now),
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        };
        const sleeper = { at: now + Math.max(0, ms), wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
      }),
    async moveTo(moment, isIdle = () => true) {
      await settle(isIdle);
      for (;;) {
        const [first] = [...sleepers].sort((a, b) => a.at - b.at);
        if (!first || first.at > moment.getTime()) break;
        now = Math.max(now, first.at);
        sleepers.delete(first);
        first.wake();
        await settle(isIdle);
      }
      now = Math.max(now, moment.getTime());
    },
    jumpTo(moment) {
      now = moment.getTime();
    },
  };
}
