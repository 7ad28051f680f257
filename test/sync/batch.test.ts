import { setMaxListeners } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { ItemError } from "../../src/domain/failure.ts";
import { type BatchOptions, streamBatch } from "../../src/sync/batch.ts";

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
};

/** Runs a batch to its end, and keeps what it reported. */
async function outcomesOf(
  items: readonly number[],
  act: (item: number) => Promise<void>,
  options: BatchOptions,
): Promise<{ succeeded: number[]; failed: { item: number; error: ItemError }[] }> {
  const succeeded: number[] = [];
  const failed: { item: number; error: ItemError }[] = [];
  await streamBatch(
    items,
    act,
    (item, error) => {
      if (error) failed.push({ item, error });
      else succeeded.push(item);
    },
    options,
  );
  return { succeeded, failed };
}

describe("a batch", () => {
  test("tells of each item whether it succeeded, and why it failed", async () => {
    const { succeeded, failed } = await outcomesOf(upTo(10), work([3, 7]), { concurrency: 4, signal });

    expect(succeeded.toSorted((a, b) => a - b)).toEqual([1, 2, 4, 5, 6, 8, 9, 10]);
    expect(failed).toMatchObject([
      { item: 3, error: { type: "not_found", message: "no item 3" } },
      { item: 7, error: { type: "not_found" } },
    ]);
  });

  test("of nothing is nothing", async () => {
    expect(await outcomesOf([], work([]), { concurrency: 4, signal })).toEqual({ succeeded: [], failed: [] });
  });

  test("works on no more items at a time than it may, and on as many as it may", async () => {
    let underWay = 0;
    let most = 0;
    await outcomesOf(
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
    const { succeeded, failed } = await outcomesOf(
      upTo(4),
      (item) => {
        if (item === 2) throw new TypeError("a bug");
        return item === 3 ? Promise.reject("a word") : Promise.resolve();
      },
      { concurrency: 2, signal },
    );

    expect(succeeded).toEqual([1, 4]);
    expect(failed.map(({ error }) => error.type)).toEqual(["unexpected", "unexpected"]);
  });

  test("begins nothing more when it is stopped, and says so of each", async () => {
    const stop = new AbortController();
    const begun: number[] = [];
    const { failed } = await outcomesOf(
      upTo(10),
      async (item) => {
        begun.push(item);
        if (item === 3) stop.abort();
        await turns(1);
      },
      { concurrency: 1, signal: stop.signal },
    );

    expect(begun).toEqual([1, 2, 3]);
    expect(failed.map(({ item }) => item)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(failed.every(({ error }) => error.type === "interrupted")).toBe(true);
  });

  test("fifty of them at once do not disturb each other", async () => {
    const results = await Promise.all(
      upTo(50).map((batch) =>
        outcomesOf(
          upTo(50).map((item) => batch * 1_000 + item),
          work([batch * 1_000 + 10, batch * 1_000 + 40]),
          { concurrency: 5, signal },
        ),
      ),
    );

    results.forEach(({ succeeded, failed }, index) => {
      expect(succeeded).toHaveLength(48);
      expect(failed.map(({ item }) => item)).toEqual([(index + 1) * 1_000 + 10, (index + 1) * 1_000 + 40]);
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
      (item, error) => {
        done += 1;
        if (error) failed.push(item);
      },
      { concurrency: 5, signal },
    );

    expect(done).toBe(200);
    expect(failed).toEqual([100]);
    expect(most).toBeLessThanOrEqual(7);
  });
});
