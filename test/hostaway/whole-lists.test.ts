import { describe, expect, test } from "@jest/globals";
import { type FetchPage, walkByCursor, walkByOffset } from "../../src/hostaway/paginate.ts";
import type { SourcePage } from "../../src/sync/ports.ts";

/** A server's habits. */
interface Habits {
  /** The most rows that it gives, whatever is asked for. */
  readonly cap: number;
  readonly count?: "all" | "own" | "zero" | "null" | "text" | "negative" | "float";
  readonly limit?: "asked" | "given" | "null";
  readonly totalPages?: "right" | "one" | "zero" | "null";
}

const LIMIT = 500;
const MOST_ROWS = 20_000;

function serverOf(rows: readonly unknown[], habits: Habits) {
  const asked: number[] = [];
  const fetchPage: FetchPage = async (query) => {
    const limit = Math.min(Number(query["limit"]), habits.cap);
    const after = rows.findIndex((row) => String(Object(row).id) === query["afterId"]);
    const from = "afterId" in query ? after + 1 : Number(query["offset"] ?? 0);
    asked.push(from);
    const result = rows.slice(from, from + limit);
    const counts = {
      all: rows.length,
      own: result.length,
      zero: 0,
      null: null,
      text: String(rows.length),
      negative: -1,
      float: 1.5,
    };
    const limits = { asked: Number(query["limit"]), given: limit, null: null };
    const pages = { right: Math.ceil(rows.length / limit), one: 1, zero: 0, null: null };
    return {
      result,
      ...(habits.count && { count: counts[habits.count] }),
      ...(habits.limit && { limit: limits[habits.limit] }),
      ...(habits.totalPages && { totalPages: pages[habits.totalPages] }),
    };
  };
  return { fetchPage, asked };
}

const upTo = (size: number) => Array.from({ length: size }, (_, index) => ({ id: index + 1 }));

type Walk = (fetchPage: FetchPage) => AsyncGenerator<SourcePage>;
const WALKS: readonly (readonly [string, Walk])[] = [
  [
    "by offset",
    (fetchPage) =>
      walkByOffset({ name: "items", limit: LIMIT, mostRows: MOST_ROWS, risesToTop: false }, fetchPage),
  ],
  [
    "by offset, twice",
    (fetchPage) =>
      walkByOffset({ name: "items", limit: LIMIT, mostRows: MOST_ROWS, risesToTop: true }, fetchPage),
  ],
  ["by cursor", (fetchPage) => walkByCursor({ name: "items", limit: LIMIT, mostRows: MOST_ROWS }, fetchPage)],
];

async function shownBy(pages: AsyncIterable<SourcePage>): Promise<unknown[]> {
  const shown: unknown[] = [];
  for await (const { items } of pages) shown.push(...items);
  return shown;
}

const COUNTS = [undefined, "all", "own", "zero", "null", "text", "negative", "float"] as const;
const LIMITS = [undefined, "asked", "given", "null"] as const;
const PAGES = [undefined, "right", "zero", "null"] as const;

describe.each(WALKS)("P1: a list walked %s comes whole", (_, walk) => {
  const habits = COUNTS.flatMap((count) =>
    LIMITS.flatMap((limit) => PAGES.map((totalPages) => ({ count, limit, totalPages }))),
  );

  test.each(habits)("from a server that gives 100 at a time and says %j", async (marks) => {
    for (const size of [0, 1, 2, 99, 100, 101, 120, 199, 200, 230]) {
      const given = Object.fromEntries(Object.entries(marks).filter(([, value]) => value !== undefined));
      const { fetchPage } = serverOf(upTo(size), { cap: 100, ...given });

      expect(await shownBy(walk(fetchPage))).toEqual(upTo(size));
    }
  });

  test("also where 'one page' is what a server always says", async () => {
    const { fetchPage } = serverOf(upTo(230), { cap: 100, count: "all", totalPages: "one" });

    expect(await shownBy(walk(fetchPage))).toHaveLength(230);
  });

  test("and where marks agree, no question is asked in vain", async () => {
    for (const [size, calls] of [
      [0, 1],
      [12, 1],
      [499, 1],
      [500, 1],
    ] as const) {
      const { fetchPage, asked } = serverOf(upTo(size), {
        cap: 1_000,
        count: "all",
        limit: "given",
        totalPages: "right",
      });

      await shownBy(walk(fetchPage));

      expect([size, asked.length]).toEqual([size, calls]);
    }
  });

  test("nor where a list of few rows comes without a number of pages", async () => {
    for (const size of [1, 7, 13, 99]) {
      const { fetchPage, asked } = serverOf(upTo(size), { cap: 1_000, count: "all", limit: "given" });

      await shownBy(walk(fetchPage));

      expect([size, asked.length]).toEqual([size, 1]);
    }
  });

  test.each([
    ["one answer", [1, 2, 2]],
    ["one answer, among many", [...upTo(30).map(({ id }) => id), 30]],
  ])("P11: or not at all, where %s shows a row twice and so another one not", async (_what, ids) => {
    const rows = ids.map((id) => ({ id }));
    const { fetchPage } = serverOf(rows, { cap: 1_000, count: "all", limit: "given", totalPages: "right" });

    await expect(shownBy(walk(fetchPage))).rejects.toMatchObject({ type: "server_error" });
  });

  test("where rows of one moment come in another order in each answer, all are shown", async () => {
    const answers = [
      [1, 2, 2],
      [1, 3, 3],
      [1, 2, 3],
    ];
    let asked = 0;
    const fetchPage: FetchPage = async () => {
      const ids = answers[Math.min(asked, 2)] ?? [];
      asked += 1;
      return { result: ids.map((id) => ({ id })), count: 3, limit: LIMIT, totalPages: 1 };
    };

    const shown = await shownBy(walk(fetchPage));

    expect(shown.map((row) => Object(row).id).sort()).toEqual([1, 2, 3]);
  });

  test("a list without end is given up", async () => {
    let last = 0;
    const fetchPage: FetchPage = async () => {
      const first = Math.max(1, last - 5);
      const result = Array.from({ length: LIMIT }, (_row, index) => ({ id: first + index }));
      last = first + LIMIT - 1;
      return { result };
    };

    await expect(shownBy(walk(fetchPage))).rejects.toMatchObject({
      type: "server_error",
      message: expect.stringContaining("does not end"),
    });
  });

  test("hundreds of thousands of rows of the same id are doubted, in bounded time", async () => {
    const result = Array.from({ length: 300_000 }, () => ({ id: 7 }));

    await expect(shownBy(walk(async () => ({ result, count: 300_000 })))).rejects.toMatchObject({
      type: "server_error",
    });
  });

  test.each([1.5, -3, 1e21, "__proto__", "1e3", "", null, true, {}, [], [7], "9".repeat(400)])(
    "rows whose id is %j are shown, each once",
    async (id) => {
      const rows = [{ id: 1 }, { id, no: 1 }, { id, no: 2 }, { id: 2 }];
      const { fetchPage } = serverOf(rows, { cap: 1_000, count: "all", limit: "given", totalPages: "right" });

      expect(await shownBy(walk(fetchPage))).toHaveLength(4);
    },
  );

  test("a row nested 100,000 levels deep is shown", async () => {
    const deep = JSON.parse(`{"id":null,"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
    const { fetchPage } = serverOf([{ id: 1 }, deep], { cap: 10, count: "all", limit: "given" });

    expect(await shownBy(walk(fetchPage))).toHaveLength(2);
  });
});
