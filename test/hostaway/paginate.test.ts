import { describe, expect, test } from "@jest/globals";
import { type FetchPage, type ListPage, walkByCursor, walkByOffset } from "../../src/hostaway/paginate.ts";

const LIMIT = 10;

interface Answer {
  readonly status: "success";
  readonly result: unknown[];
  readonly count: number | null;
}

/** A list of `size` items that a server hands out, at most `cap` at a time. */
function listOf(size: number, cap = LIMIT): { readonly fetchPage: FetchPage; readonly asked: unknown[] } {
  const items = Array.from({ length: size }, (_, index) => ({ id: index + 1 }));
  const asked: unknown[] = [];
  const fetchPage: FetchPage = async (query) => {
    asked.push(query);
    const limit = Math.min(Number(query["limit"]), cap);
    const from =
      "afterId" in query
        ? items.findIndex(({ id }) => String(id) === query["afterId"]) + 1
        : Number(query["offset"] ?? 0);
    return { status: "success", result: items.slice(from, from + limit), count: size } satisfies Answer;
  };
  return { fetchPage, asked };
}

async function idsOf(pages: AsyncIterable<ListPage>): Promise<number[]> {
  const ids: number[] = [];
  for await (const { items } of pages)
    ids.push(...items.map((item) => Number(Reflect.get(Object(item), "id"))));
  return ids;
}

const upTo = (size: number) => Array.from({ length: size }, (_, index) => index + 1);

describe.each([
  ["by offset", paginateByOffset],
  ["by cursor", paginateByCursor],
] as const)("a list walked %s", (_, paginate) => {
  test.each([0, 1, 9, 10, 11, 20, 25])("of %i items comes whole, in order, each once", async (size) => {
    const { fetchPage, asked } = listOf(size);

    expect(await idsOf(paginate("items", LIMIT, fetchPage))).toEqual(upTo(size));
    expect(asked).toHaveLength(Math.max(1, Math.ceil(size / LIMIT)));
  });

  test("is not cut short by a server that hands out fewer than were asked for", async () => {
    expect(await idsOf(paginate("items", LIMIT, listOf(25, 4).fetchPage))).toEqual(upTo(25));
  });

  test("without a count ends at the first short page", async () => {
    const { fetchPage } = listOf(25);
    const uncounted: FetchPage = async (query) => ({ ...Object(await fetchPage(query)), count: null });

    expect(await idsOf(paginate("items", LIMIT, uncounted))).toEqual(upTo(25));
  });

  test("that grows while it is read comes as it was when its last page was answered", async () => {
    let size = 10;
    const growing: FetchPage = (query) => {
      size += 3;
      return listOf(Math.min(size, 30)).fetchPage(query);
    };

    expect(await idsOf(paginate("items", LIMIT, growing))).toEqual(upTo(16));
  });

  test("whose page repeats itself ends with an error, not with a loop", async () => {
    const stuck: FetchPage = async () => ({
      status: "success",
      result: upTo(LIMIT).map((id) => ({ id })),
      count: 50,
    });

    await expect(idsOf(paginate("items", LIMIT, stuck))).rejects.toMatchObject({
      type: "server_error",
      message: expect.stringContaining("stuck"),
    });
  });

  test("that is suddenly empty before its end is an error, not a loss", async () => {
    const { fetchPage } = listOf(25);
    let page = 0;
    const emptied: FetchPage = async (query) =>
      page++ === 1 ? { status: "success", result: [], count: 25 } : await fetchPage(query);

    await expect(idsOf(paginate("items", LIMIT, emptied))).rejects.toMatchObject({
      type: "server_error",
      message: expect.stringContaining("10 of 25"),
    });
  });

  test.each([[{}], [{ status: "success", result: null }], [{ result: "text" }], [[]], [null]])(
    "whose answer is %j is an error",
    async (answer) => {
      await expect(idsOf(paginate("items", LIMIT, async () => answer))).rejects.toMatchObject({
        type: "server_error",
      });
    },
  );
});

test("a cursor goes on from the last row that has an id", async () => {
  const asked: unknown[] = [];
  const fetchPage: FetchPage = async (query) => {
    asked.push(query["afterId"]);
    const result = asked.length === 1 ? [{ id: 7 }, { id: null }] : [{ id: 9 }];
    return { status: "success", result, count: 3 };
  };

  await idsOf(paginateByCursor("items", 2, fetchPage));

  expect(asked).toEqual([undefined, "7"]);
});
