export interface Due {
  readonly at: number;
  readonly order: number;
}

/** The earliest first; equal moments in the order they were added. */
export function createHeap<T extends Due>() {
  const items: T[] = [];
  const before = (a: T, b: T) => a.at < b.at || (a.at === b.at && a.order < b.order);
  return {
    peek: (): T | undefined => items[0],
    push(item: T): void {
      let at = items.push(item) - 1;
      while (at > 0) {
        const above = (at - 1) >> 1;
        const parent = items[above] as T;
        if (!before(item, parent)) break;
        items[at] = parent;
        at = above;
      }
      items[at] = item;
    },
    pop(): T | undefined {
      const top = items[0];
      const last = items.pop();
      if (last !== undefined && items.length > 0) sink(items, last, before);
      return top;
    },
  };
}

function sink<T>(items: T[], item: T, before: (a: T, b: T) => boolean): void {
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= items.length) break;
    if (below + 1 < items.length && before(items[below + 1] as T, items[below] as T)) below++;
    if (!before(items[below] as T, item)) break;
    items[at] = items[below] as T;
    at = below;
  }
  items[at] = item;
}
