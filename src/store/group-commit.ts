interface Waiting<T, R> {
  readonly items: readonly T[];
  readonly resolve: (outcomes: readonly R[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: items that arrive while a write is under way share the next batch. No caller waits for company, and
 * each gets the outcomes of its own items once they are durable. When a write throws, every caller of the batch gets
 * the error. Reading works the same way.
 *
 * @param write one outcome per item, in order
 * @param most items that a batch may hold; a single caller's are never split
 */
export function createGroupCommit<T, R>(
  write: (items: readonly T[]) => Promise<readonly R[]>,
  most: number,
): (items: readonly T[]) => Promise<readonly R[]> {
  const waiting: Waiting<T, R>[] = [];
  let busy = false;

  async function writeAll(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let group = nextGroup(waiting, most); group.length > 0; group = nextGroup(waiting, most)) {
      await writeGroup(group);
    }
    busy = false;
  }

  async function writeGroup(group: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const outcomes = await write(group.flatMap(({ items }) => items));
      let from = 0;
      for (const { items, resolve } of group) {
        resolve(outcomes.slice(from, from + items.length));
        from += items.length;
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject });
      void writeAll();
    });
}

function nextGroup<T, R>(waiting: Waiting<T, R>[], most: number): Waiting<T, R>[] {
  let size = 0;
  const tooMany = waiting.findIndex(({ items }, index) => {
    size += items.length;
    return index > 0 && size > most;
  });
  return waiting.splice(0, tooMany === -1 ? waiting.length : tooMany);
}
