import { describe, expect, test } from "@jest/globals";
import { createRateLimiter, type RateLimiter } from "../../src/http/rate-limiter.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

const WINDOW_MS = 10_000;

/** Latencies of one request: the way there and the way back, in milliseconds. */
type Latency = (request: number) => { readonly there: number; readonly back: number };

/** A generator of evenly spread numbers in [0, 1): the same every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const LATENCIES: Readonly<Record<string, Latency>> = {
  "20 ms": () => ({ there: 10, back: 10 }),
  "300 ms": () => ({ there: 150, back: 150 }),
  "600 ms, most of it on the way there": () => ({ there: 590, back: 10 }),
  "600 ms, most of it on the way back": () => ({ there: 10, back: 590 }),
  "20 to 600 ms at random": spread(numbers(7), 20, 600),
  "mostly 20 ms, now and then 9 s": (request) =>
    request % 13 === 0 ? { there: 8_900, back: 100 } : { there: 10, back: 10 },
};

function spread(next: () => number, from: number, to: number): Latency {
  return () => {
    const whole = from + next() * (to - from);
    const there = whole * next();
    return { there, back: whole - there };
  };
}

/** Sends `requests` through the limiter, `workers` at a time, and notes when each arrived at the server. */
async function arrivalsOf(options: {
  readonly limiter: RateLimiter;
  readonly clock: FakeClock;
  readonly requests: number;
  readonly workers: number;
  readonly latency: Latency;
}): Promise<number[]> {
  const { limiter, clock, latency } = options;
  const arrivals: number[] = [];
  let sent = 0;
  const worker = async () => {
    while (sent < options.requests) {
      const { there, back } = latency(sent++);
      const slot = await limiter.acquire();
      await clock.sleep(there);
      arrivals.push(clock.monotonic());
      await clock.sleep(back);
      slot.release();
    }
  };
  const all = Promise.all(Array.from({ length: options.workers }, worker));
  await clock.run();
  await all;
  return arrivals.sort((a, b) => a - b);
}

/** The most arrivals in any half-open window of the length, wherever it begins: sliding windows. */
function mostInAnySlidingWindow(arrivals: readonly number[]): number {
  let most = 0;
  let first = 0;
  arrivals.forEach((at, last) => {
    while ((arrivals[first] ?? at) <= at - WINDOW_MS) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

/** The most arrivals in any window of a server whose windows begin at `phase` and follow each other. */
function mostInFixedWindows(arrivals: readonly number[], phase: number): number {
  const counts = new Map<number, number>();
  for (const at of arrivals) {
    const window = Math.floor((at - phase) / WINDOW_MS);
    counts.set(window, (counts.get(window) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

describe("P8: no window of the server's holds more than the limit", () => {
  for (const [name, latency] of Object.entries(LATENCIES)) {
    for (const limit of [15, 180]) {
      test(`latency ${name}, ${limit} per 10 s, sliding and fixed windows`, async () => {
        const clock = createFakeClock();
        const limiter = createRateLimiter({ limit, windowMs: WINDOW_MS, clock });

        const arrivals = await arrivalsOf({ limiter, clock, requests: limit * 12, workers: 64, latency });

        expect(arrivals).toHaveLength(limit * 12);
        expect(mostInAnySlidingWindow(arrivals)).toBeLessThanOrEqual(limit);
        for (let phase = 0; phase < WINDOW_MS; phase += 500) {
          expect(mostInFixedWindows(arrivals, phase)).toBeLessThanOrEqual(limit);
        }
      });
    }
  }

  test("requests that come unevenly keep to it too", async () => {
    const clock = createFakeClock();
    const limiter = createRateLimiter({ limit: 15, windowMs: WINDOW_MS, clock });
    const next = numbers(3);
    const latency = spread(next, 20, 600);
    const arrivals: number[] = [];
    const all = (async () => {
      const underWay: Promise<void>[] = [];
      for (let request = 0; request < 400; request += 1) {
        await clock.sleep(next() < 0.1 ? next() * 20_000 : next() * 50);
        const { there, back } = latency(request);
        underWay.push(
          limiter.acquire().then(async (slot) => {
            await clock.sleep(there);
            arrivals.push(clock.monotonic());
            await clock.sleep(back);
            slot.release();
          }),
        );
      }
      await Promise.all(underWay);
    })();
    await clock.run();
    await all;

    expect(mostInAnySlidingWindow(arrivals.sort((a, b) => a - b))).toBeLessThanOrEqual(15);
  });
});

test.each([20, 100, 300, 600])(
  "at %i ms at least 99 %% of what the rule allows is used",
  async (roundTrip) => {
    const clock = createFakeClock();
    const limiter = createRateLimiter({ limit: 180, windowMs: WINDOW_MS, clock });
    const half = roundTrip / 2;
    const latency = () => ({ there: half, back: half });

    const arrivals = await arrivalsOf({ limiter, clock, requests: 180 * 20, workers: 180, latency });

    const lastStart = (arrivals.at(-1) ?? 0) - half;
    const rate = (180 * 19) / (lastStart / WINDOW_MS);
    const ceiling = 180 * (WINDOW_MS / (WINDOW_MS + roundTrip));
    expect(rate / ceiling).toBeGreaterThanOrEqual(0.99);
  },
);

test("callers are served in the order in which they came", async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter({ limit: 2, windowMs: WINDOW_MS, clock });
  const order: number[] = [];
  const all = Promise.all(
    [1, 2, 3, 4, 5].map(async (caller) => {
      const slot = await limiter.acquire();
      order.push(caller);
      slot.release();
    }),
  );

  await clock.run();
  await all;

  expect(order).toEqual([1, 2, 3, 4, 5]);
});

test("a caller who gives up does not hold up the ones behind", async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter({ limit: 1, windowMs: WINDOW_MS, clock });
  const stop = new AbortController();
  (await limiter.acquire()).release();
  const gaveUp = limiter.acquire(stop.signal);
  const next = limiter.acquire();

  stop.abort(new Error("changed my mind"));
  await expect(gaveUp).rejects.toThrow("changed my mind");
  await clock.run();

  await expect(next).resolves.toBeDefined();
  expect(clock.monotonic()).toBe(WINDOW_MS);
});

test("a slot that is released twice is free once", async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter({ limit: 1, windowMs: WINDOW_MS, clock });
  const slot = await limiter.acquire();

  slot.release();
  slot.release();
  const starts: number[] = [];
  const later = [1, 2].map(() => limiter.acquire().then(() => starts.push(clock.monotonic())));
  await clock.run();

  await later[0];
  expect(starts).toEqual([WINDOW_MS]);
});

describe("after a 429", () => {
  test("nothing starts before the moment the server named", async () => {
    const clock = createFakeClock();
    const limiter = createRateLimiter({ limit: 180, windowMs: WINDOW_MS, clock });

    limiter.slowDown({ waitMs: 42_000, serverLimit: null });
    const slot = limiter.acquire();
    await clock.run();

    await slot;
    expect(clock.monotonic()).toBe(42_000);
  });

  test("the limit halves, once for requests that were under way together, and climbs back window by window", async () => {
    const clock = createFakeClock();
    const limiter = createRateLimiter({ limit: 180, windowMs: WINDOW_MS, clock });

    limiter.slowDown({ waitMs: 0, serverLimit: null });
    limiter.slowDown({ waitMs: 0, serverLimit: null });
    const limits = [limiter.limit];
    for (let window = 0; window < 6; window += 1) {
      const asleep = clock.sleep(WINDOW_MS);
      await clock.run();
      await asleep;
      limits.push(limiter.limit);
    }

    expect(limits).toEqual([90, 108, 126, 144, 162, 180, 180]);
  });

  test("a lower limit that the server names is believed, a higher one is not", async () => {
    const clock = createFakeClock();
    const limiter = createRateLimiter({ limit: 180, windowMs: WINDOW_MS, clock });

    limiter.slowDown({ waitMs: 0, serverLimit: 15 });
    const asleep = clock.sleep(60 * WINDOW_MS);
    await clock.run();
    await asleep;
    expect(limiter.limit).toBe(15);

    limiter.slowDown({ waitMs: 0, serverLimit: 400 });
    const again = clock.sleep(60 * WINDOW_MS);
    await clock.run();
    await again;
    expect(limiter.limit).toBe(180);
  });
});

test("what a run before this one used counts until its window is over", async () => {
  const clock = createFakeClock();
  const earlier = { requests: 806, endedMsAgo: 4_000 };
  const limiter = createRateLimiter({ limit: 3, windowMs: WINDOW_MS, clock, earlier });
  const starts: number[] = [];

  const all = Promise.all([1, 2].map(() => limiter.acquire().then(() => starts.push(clock.monotonic()))));
  await clock.run();
  await all;

  expect(starts).toEqual([6_000, 6_000]);
});

test("what was used longer ago than a window, or by a clock ahead of ours, holds nothing up for long", async () => {
  for (const endedMsAgo of [60_000, -60_000]) {
    const clock = createFakeClock();
    const limiter = createRateLimiter({
      limit: 3,
      windowMs: WINDOW_MS,
      clock,
      earlier: { requests: 5, endedMsAgo },
    });

    const slot = limiter.acquire();
    await clock.run();
    await slot;

    expect(clock.monotonic()).toBeLessThanOrEqual(WINDOW_MS);
  }
});
