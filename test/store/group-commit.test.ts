import { expect, test } from "@jest/globals";
import { createGroupCommit } from "../../src/store/group-commit.ts";

/** A write that notes its batches, and refuses those that hold a zero. */
function recorder() {
  const batches: number[][] = [];
  const write = async (items: readonly number[]): Promise<string[]> => {
    batches.push([...items]);
    await new Promise(setImmediate);
    if (items.includes(0)) throw new Error("zero");
    return items.map((item) => `wrote ${item}`);
  };
  return { batches, write };
}

test("what arrives while a write is under way goes with the next, and each caller gets its own outcomes", async () => {
  const { batches, write } = recorder();
  const commit = createGroupCommit(write, 100);

  const outcomes = await Promise.all([commit([1, 2]), commit([3]), commit([]), commit([4, 5])]);

  expect(batches).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  expect(outcomes).toEqual([["wrote 1", "wrote 2"], ["wrote 3"], [], ["wrote 4", "wrote 5"]]);
});

test("a batch holds no more than it may, but one caller's items stay together", async () => {
  const { batches, write } = recorder();
  const commit = createGroupCommit(write, 3);

  await Promise.all([commit([1]), commit([2, 3]), commit([4, 5]), commit([6, 7, 8, 9]), commit([10])]);

  expect(batches).toEqual([[1], [2, 3], [4, 5], [6, 7, 8, 9], [10]]);
});

test("a write that throws fails those who were part of it, and nobody else", async () => {
  const { write } = recorder();
  const commit = createGroupCommit(write, 100);

  const results = await Promise.allSettled([commit([1]), commit([0]), commit([2])]);
  const later = await commit([3]);

  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(later).toEqual(["wrote 3"]);
});
