import { describe, expect, test } from "@jest/globals";
import { type FetchPage, walkByCursor, walkByOffset } from "../../src/hostaway/paginate.ts";
import type { SourcePage } from "../../src/sync/ports.ts";

const LIMIT = 10;

type Walk = (fetchPage: FetchPage) => AsyncGenerator<SourcePage>;

const still: Walk = (fetchPage) =>
  walkByOffset({ name: "items", limit: LIMIT, risesToTop: false }, fetchPage);
const rising: Walk = (fetchPage) =>
  walkByOffset({ name: "items", limit: LIMIT, risesToTop: true }, fetchPage);
const byCursor: Walk = (fetchPage) => walkByCursor({ name: "items", limit: LIMIT }, fetchPage);

interface Item {
  readonly id: number;
}

const upTo = (size: number) => Array.from({ length: size }, (_, index) => index + 1);

/** A list that a server hands out, at most `cap` at a time; it may change after each answer. */
class List {
  items: Item[];
  readonly asked: Readonly<Record<string, number | string>>[] = [];
  readonly #change: (list: List, answers: number) => void;
  readonly #cap: number;

  constructor(size: number, change: (list: List, answers: number) => void = () => undefined, cap = LIMIT) {
    this.items = upTo(size).map((id) => ({ id }));
    this.#change = change;
    this.#cap = cap;
  }

  readonly fetchPage: FetchPage = async (query) => {
    this.asked.push(query);
    const limit = Math.min(Number(query["limit"]), this.#cap);
    const from =
      "afterId" in query
        ? this.items.findIndex(({ id }) => String(id) === query["afterId"]) + 1
        : Number(query["offset"] ?? 0);
    const answer = { result: this.items.slice(from, from + limit), count: this.items.length };
    this.#change(this, this.asked.length);
    return answer;
  };

  riseToTop(id: number): void {
    this.items = [
      ...this.items.filter((item) => item.id === id),
      ...this.items.filter((item) => item.id !== id),
    ];
  }

  remove(...ids: number[]): void {
    this.items = this.items.filter(({ id }) => !ids.includes(id));
  }

  add(id: number, at = 0): void {
    this.items.splice(at, 0, { id });
  }
}

async function idsOf(pages: AsyncIterable<SourcePage>): Promise<number[]> {
  const ids: number[] = [];
  for await (const { items } of pages)
    ids.push(...items.map((item) => Number(Reflect.get(Object(item), "id"))));
  return ids;
}

const ascending = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);

describe.each([
  ["by offset", still],
  ["by offset, the top read again", rising],
  ["by cursor", byCursor],
] as const)("a list walked %s", (_, walk) => {
  test.each([0, 1, 9, 10, 11, 19, 20, 25, 100])(
    "of %i items comes whole, in order, each once",
    async (size) => {
      expect(await idsOf(walk(new List(size).fetchPage))).toEqual(upTo(size));
    },
  );

  test("is not cut short by a server that hands out fewer than were asked for", async () => {
    for (const cap of [1, 2, 4]) {
      expect(await idsOf(walk(new List(25, undefined, cap).fetchPage))).toEqual(upTo(25));
    }
  });

  test("without a count ends at the first short page", async () => {
    const { fetchPage } = new List(25);
    const uncounted: FetchPage = async (query) => ({ ...Object(await fetchPage(query)), count: null });

    expect(await idsOf(walk(uncounted))).toEqual(upTo(25));
  });

  test("whose page repeats itself ends with an error, not with a loop", async () => {
    const asked: unknown[] = [];
    const stuck: FetchPage = async (query) => {
      asked.push(query);
      return { result: upTo(LIMIT).map((id) => ({ id })), count: 500 };
    };

    await expect(idsOf(walk(stuck))).rejects.toMatchObject({
      type: "server_error",
      message: expect.stringMatching("stuck|incomplete, 10 of 500"),
    });
    expect(asked.length).toBeLessThanOrEqual(12);
  });

  test("that is suddenly empty before its end is an error, not a loss", async () => {
    const { fetchPage } = new List(25);
    let answers = 0;
    const emptied: FetchPage = async (query) =>
      ++answers > 1 ? { result: [], count: 25 } : await fetchPage(query);

    await expect(idsOf(walk(emptied))).rejects.toMatchObject({
      type: "server_error",
      message: expect.stringContaining("10 of 25"),
    });
  });

  test("that never shows as many items as it says is an error", async () => {
    const { fetchPage } = new List(25);
    const overstated: FetchPage = async (query) => ({ ...Object(await fetchPage(query)), count: 26 });

    await expect(idsOf(walk(overstated))).rejects.toMatchObject({
      type: "server_error",
      message: expect.stringContaining("25 of 26"),
    });
  });

  test.each([[{}], [{ status: "success", result: null }], [{ result: "text" }], [[]], [null]])(
    "whose answer is %j is an error",
    async (answer) => {
      await expect(idsOf(walk(async () => answer))).rejects.toMatchObject({ type: "server_error" });
    },
  );

  test("shows an item without an id, once", async () => {
    const { fetchPage } = new List(25);
    const damaged: FetchPage = async (query) => {
      const { result, count } = Object(await fetchPage(query));
      return {
        result: result.map((item: Item) => (item.id % 6 === 0 ? { id: null, was: item.id } : item)),
        count,
      };
    };

    expect(await idsOf(walk(damaged))).toHaveLength(25);
  });

  test("that grows at the top is shown with all that was there before", async () => {
    const list = new List(35, (changing, answers) => {
      if (answers < 6) for (const id of upTo(3)) changing.add(answers * 100 + id);
    });

    const ids = await idsOf(walk(list.fetchPage));

    expect(ids).toEqual(expect.arrayContaining(upTo(35)));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("P1: a list walked by offset shows everything that is there all the while", () => {
  const all = upTo(45);

  test.each(upTo(45))("when item %i moves to the top after the second answer", async (id) => {
    const list = new List(45, (changing, answers) => {
      if (answers === 2) changing.riseToTop(id);
    });

    expect(ascending(await idsOf(rising(list.fetchPage)))).toEqual(all);
  });

  test.each([1, 2, 5, 9])("when %i items are deleted above, so that others slide by", async (deleted) => {
    const list = new List(45, (changing, answers) => {
      if (answers === 2) changing.remove(...upTo(deleted));
    });

    const ids = await idsOf(rising(list.fetchPage));

    expect(ids).toEqual(expect.arrayContaining(all.slice(deleted)));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("when one is deleted and another rises at the same moment, so that nothing seems to have moved", async () => {
    const list = new List(45, (changing, answers) => {
      if (answers !== 2) return;
      changing.remove(3);
      changing.riseToTop(40);
    });

    expect(ascending(await idsOf(rising(list.fetchPage)))).toEqual(all);
  });

  test("when a new one comes in somewhere in the middle of what has been read", async () => {
    const list = new List(45, (changing, answers) => {
      if (answers === 2) changing.add(99, 4);
    });

    expect(ascending(await idsOf(rising(list.fetchPage)))).toEqual([...all, 99]);
  });

  test.each(upTo(45))("when item %i moves to the top of a list that is not looked at twice", async (id) => {
    const list = new List(45, (changing, answers) => {
      if (answers === 2) changing.riseToTop(id);
    });

    expect(ascending(await idsOf(still(list.fetchPage)))).toEqual(all);
  });

  test("when another item moves to the top after every answer", async () => {
    const list = new List(45, (changing, answers) => {
      if (answers < 8) changing.riseToTop(46 - answers);
    });

    expect(ascending(await idsOf(rising(list.fetchPage)))).toEqual(all);
  });

  test("and then the top is read again as far as there is something new, not the whole list", async () => {
    const list = new List(45, (changing, answers) => {
      if (answers === 2) changing.riseToTop(40);
    });

    await idsOf(rising(list.fetchPage));

    expect(list.asked.map(({ offset }) => offset)).toEqual([0, 9, 18, 27, 36, 0, 9]);
  });

  test.each([
    ["a list", still],
    ["a list that rises", rising],
  ])(
    "when a page of %s came twice and something was deleted, so that the count agrees by chance",
    async (_, walk) => {
      const list = new List(20);
      const answers: unknown[] = [];
      const repeating: FetchPage = async (query) => {
        const answer = await list.fetchPage(query);
        if (answers.length === 1) list.remove(1);
        answers.push(answers.length === 2 ? { ...Object(answers[1]), count: 19 } : answer);
        return answers.at(-1);
      };

      expect(await idsOf(walk(repeating))).toEqual(expect.arrayContaining(upTo(20).slice(1)));
    },
  );

  test("and when nothing moves, that costs one answer more than its pages", async () => {
    const list = new List(45);

    await idsOf(rising(list.fetchPage));

    expect(list.asked.map(({ offset }) => offset)).toEqual([0, 9, 18, 27, 36, 0]);
  });

  test("but a list that one answer holds is not asked for twice", async () => {
    const list = new List(LIMIT);

    await idsOf(rising(async (query) => ({ ...Object(await list.fetchPage(query)), totalPages: 1 })));

    expect(list.asked).toHaveLength(1);
  });

  test("but a list whose order changes with every answer is given up", async () => {
    let seed = 1;
    const shuffled = new List(200, (changing) => {
      seed += 1;
      changing.items = upTo(200).map((index) => ({ id: ((index * 7919 * seed) % 200) + 1 + seed * 1_000 }));
    });

    await expect(idsOf(rising(shuffled.fetchPage))).rejects.toMatchObject({ type: "server_error" });
  });
});

describe("a list walked by cursor", () => {
  test("goes on from the last row that has an id", async () => {
    const asked: unknown[] = [];
    const fetchPage: FetchPage = async (query) => {
      asked.push(query["afterId"]);
      return { result: asked.length === 1 ? [{ id: 7 }, { id: null }] : [{ id: 9 }], count: 3 };
    };

    await idsOf(walkByCursor({ name: "items", limit: 2 }, fetchPage));

    expect(asked).toEqual([undefined, "7"]);
  });

  test.each(upTo(45))("shows everything when item %i moves to the top", async (id) => {
    const list = new List(45, (changing, answers) => {
      if (answers === 2) changing.riseToTop(id);
    });

    expect(ascending(await idsOf(byCursor(list.fetchPage)))).toEqual(upTo(45));
  });

  test.each(upTo(45))("shows the rest when item %i is deleted", async (id) => {
    const list = new List(45, (changing, answers) => {
      if (answers === 2) changing.remove(id);
    });

    expect(await idsOf(byCursor(list.fetchPage))).toEqual(
      expect.arrayContaining(upTo(45).filter((other) => other !== id)),
    );
  });

  test("may be left early", async () => {
    const list = new List(45);
    for await (const _ of byCursor(list.fetchPage)) break;

    expect(list.asked).toHaveLength(1);
  });
});

describe("a walk that begins in the middle", () => {
  const from =
    (offset: number): Walk =>
    (fetchPage) =>
      walkByOffset({ name: "items", limit: LIMIT, risesToTop: false, from: offset }, fetchPage);

  test("shows the rest", async () => {
    expect(await idsOf(from(18)(new List(45).fetchPage))).toEqual(upTo(45).slice(18));
  });

  test("is told by each page but the last where the next one begins", async () => {
    const offsets: (number | null)[] = [];
    for await (const { next } of still(new List(25).fetchPage)) offsets.push(next?.offset ?? null);

    expect(offsets).toEqual([9, 18, null]);
  });
});
