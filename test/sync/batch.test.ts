import { setMaxListeners } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../src/clock.ts";
import { ItemError } from "../../src/domain/failure.ts";
import { runBatch, streamBatch, summaryOf } from "../../src/sync/batch.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

const { signal } = new AbortController();
setMaxListeners(0, signal);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

/** Takes longer for some than for others, and fails for the given ones. */
const work = (bad: readonly number[]) => async (item: number) => {
  await turns(item % 5);
  if (bad.includes(item)) throw new ItemError("not_found", `no item ${item}`);
  return item * 10;
};

describe("a batch", () => {
  test("gives back what succeeded, and names each that failed, in the order of the items", async () => {
    const result = await runBatch(upTo(10), work([3, 7]), { concurrency: 4, signal });

    expect(result.successes).toEqual([10, 20, 40, 50, 60, 80, 90, 100]);
    expect(result.failures).toMatchObject([
      { item: 3, error: { type: "not_found", message: "no item 3" } },
      { item: 7, error: { type: "not_found" } },
    ]);
    expect(result.outcomes.map(({ item }) => item)).toEqual(upTo(10));
    expect(summaryOf(result)).toBe("8 of 10 succeeded, 2 failed");
  });

  test("of nothing is nothing", async () => {
    const result = await runBatch([], work([]), { concurrency: 4, signal });

    expect(summaryOf(result)).toBe("0 of 0 succeeded");
  });

  test("works on no more items at a time than it may, and on as many as it may", async () => {
    let underWay = 0;
    let most = 0;
    await runBatch(
      upTo(40),
      async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await turns(3);
        underWay -= 1;
      },
      { concurrency: 7, signal },
    );

    expect(most).toBe(7);
  });

  test("P5: an item that throws at once, or something that is no error, fails alone", async () => {
    const result = await runBatch(
      upTo(4),
      (item) => {
        if (item === 2) throw new TypeError("a bug");
        return item === 3 ? Promise.reject("a word") : Promise.resolve(item);
      },
      { concurrency: 2, signal },
    );

    expect(result.successes).toEqual([1, 4]);
    expect(result.failures.map(({ error }) => error.type)).toEqual(["unexpected", "unexpected"]);
  });

  test("P9: an item that never ends is given up when its time is up, and its neighbours are done", async () => {
    const clock = createVirtualClock();
    let told: unknown;
    const running = runBatch(
      upTo(5),
      (item, itemSignal) => {
        if (item !== 2) return Promise.resolve(item);
        itemSignal.addEventListener("abort", () => {
          told = itemSignal.reason;
        });
        return new Promise<number>(() => undefined);
      },
      { concurrency: 2, signal, timeLimit: { ms: 5_000, clock } },
    );
    await clock.run();
    const result = await running;

    expect(result.successes).toEqual([1, 3, 4, 5]);
    expect(result.failures).toMatchObject([{ item: 2, error: { type: "timeout" } }]);
    expect(told).toBeInstanceOf(ItemError);
  });

  test("begins nothing more when it is stopped, and says so of each", async () => {
    const stop = new AbortController();
    const begun: number[] = [];
    const result = await runBatch(
      upTo(10),
      async (item) => {
        begun.push(item);
        if (item === 3) stop.abort();
        await turns(1);
      },
      { concurrency: 1, signal: stop.signal },
    );

    expect(begun).toEqual([1, 2, 3]);
    expect(result.failures.map(({ item }) => item)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(result.failures.every(({ error }) => error.type === "interrupted")).toBe(true);
  });

  test("fifty of them at once do not disturb each other", async () => {
    const results = await Promise.all(
      upTo(50).map((batch) =>
        runBatch(
          upTo(50).map((item) => batch * 1_000 + item),
          work([batch * 1_000 + 10, batch * 1_000 + 40]),
          { concurrency: 5, signal, timeLimit: { ms: 60_000, clock: systemClock } },
        ),
      ),
    );

    results.forEach((result, index) => {
      expect(summaryOf(result)).toBe("48 of 50 succeeded, 2 failed");
      expect(result.failures.map(({ item }) => item)).toEqual([
        (index + 1) * 1_000 + 10,
        (index + 1) * 1_000 + 40,
      ]);
    });
  });

  test("P9: of a stream holds no more items than are worked on", async () => {
    let made = 0;
    let done = 0;
    let most = 0;
    async function* stream() {
      for (const item of upTo(200)) {
        made += 1;
        most = Math.max(most, made - done);
        yield item;
      }
    }
    const failed: number[] = [];
    await streamBatch(
      stream(),
      work([100]),
      (outcome) => {
        done += 1;
        if (!outcome.ok) failed.push(outcome.item);
      },
      { concurrency: 5, signal },
    );

    expect(done).toBe(200);
    expect(failed).toEqual([100]);
    expect(most).toBeLessThanOrEqual(7);
  });
});
