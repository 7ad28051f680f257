import type { Clock } from "../../src/clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that moves only when the test says so; days pass in a moment. */
export interface FakeClock extends Clock {
  /** Wakes one sleeper after the other, until nobody sleeps or the next one would wake after `untilMs` (monotonic). */
  run(untilMs?: number): Promise<void>;
  /**
   * Moves on to a moment, from one sleeper to the next.
   *
   * @param isIdle whether the work that a sleeper began is done: the next one wakes only then
   */
  moveTo(moment: Date, isIdle?: () => boolean): Promise<void>;
  /** Changes the time as a suspended machine, or a clock that is set, does: nobody wakes. */
  jumpTo(moment: Date): void;
}

export function createFakeClock(start = "2026-01-01T01:00:00Z"): FakeClock {
  const began = Date.parse(start);
  const sleepers = new Set<Sleeper>();
  let now = began;

  const nextBefore = (moment: number) => {
    const [first] = [...sleepers].sort((a, b) => a.at - b.at);
    return first && first.at <= moment ? first : null;
  };

  function wake(sleeper: Sleeper): void {
    now = Math.max(now, sleeper.at);
    sleepers.delete(sleeper);
    sleeper.wake();
  }

  async function wakeUntil(moment: number, settle: () => Promise<void>): Promise<void> {
    await settle();
    for (let next = nextBefore(moment); next; next = nextBefore(moment)) {
      wake(next);
      await settle();
    }
  }

  return {
    now: () => new Date(now),
    monotonic: () => now - began,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          wake() {
            signal?.removeEventListener("abort", stop);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
      }),
    run: (untilMs = Number.POSITIVE_INFINITY) => wakeUntil(began + untilMs, settlePromises),
    async moveTo(moment, isIdle = () => true) {
      await wakeUntil(moment.getTime(), () => settleWork(isIdle));
      now = Math.max(now, moment.getTime());
    },
    jumpTo(moment) {
      now = moment.getTime();
    },
  };
}

/** Lets every promise that can go on go on. */
async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Lets files and sockets go on as well. */
async function settleWork(isIdle: () => boolean): Promise<void> {
  do await new Promise(setImmediate);
  while (!isIdle());
  await new Promise(setImmediate);
}
