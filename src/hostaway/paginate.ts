import { ItemError } from "../domain/failure.ts";
import { Page } from "./schemas.ts";

export interface ListPage {
  /** Raw items: each is decoded on its own, so that one bad record cannot fail its page. */
  readonly items: readonly unknown[];
  /** How many the list holds in all, as of this page; null when Hostaway did not say. */
  readonly count: number | null;
}

export type FetchPage = (query: Readonly<Record<string, number | string>>) => Promise<unknown>;

/**
 * Walks an offset-paged list and yields one page at a time.
 *
 * It ends at a short page only when `count` agrees, and goes on by what came rather than by what was
 * asked for: a server that caps `limit` below ours must not cut the list short. A page that repeats the
 * one before ends the walk with an error, and so does an empty page before `count` is reached.
 */
export async function* paginateByOffset(
  name: string,
  limit: number,
  fetchPage: FetchPage,
): AsyncGenerator<ListPage> {
  const guard = stuckGuard(name);
  for (let offset = 0; ; ) {
    const page = readPage(name, await fetchPage({ limit, offset }));
    guard(page);
    offset += page.items.length;
    if (page.items.length > 0) yield page;
    if (isLast(name, page, offset, limit)) return;
  }
}

/**
 * Walks a list by `afterId`, the id of the last row seen (reservations; never together with `sortOrder`,
 * which Hostaway answers with 403).
 */
export async function* paginateByCursor(
  name: string,
  limit: number,
  fetchPage: FetchPage,
): AsyncGenerator<ListPage> {
  const guard = stuckGuard(name);
  let seen = 0;
  for (let cursor: Readonly<Record<string, string>> = {}; ; ) {
    const page = readPage(name, await fetchPage({ limit, ...cursor }));
    guard(page);
    seen += page.items.length;
    if (page.items.length > 0) yield page;
    if (isLast(name, page, seen, limit)) return;
    cursor = { afterId: lastId(name, page) };
  }
}

function readPage(name: string, body: unknown): ListPage {
  const page = Page.safeParse(body);
  if (!page.success) throw new ItemError("server_error", `${name}: the answer holds no list`);
  return { items: page.data.result, count: page.data.count };
}

function isLast(name: string, { items, count }: ListPage, seen: number, limit: number): boolean {
  if (count === null) return items.length < limit;
  if (seen >= count) return items.length < limit || seen === count;
  if (items.length > 0) return false;
  throw new ItemError("server_error", `${name}: the list ends at ${seen} of ${count}`);
}

/** Recognises a page that starts as the one before did: paging that does not move would never end. */
function stuckGuard(name: string): (page: ListPage) => void {
  let previous: string | null = null;
  return ({ items }) => {
    if (items.length === 0) return;
    const first = JSON.stringify(items[0]);
    if (first === previous)
      throw new ItemError("server_error", `${name}: paging is stuck, a page came twice`);
    previous = first;
  };
}

function lastId(name: string, { items }: ListPage): string {
  const usable = items.findLast((item) => idOf(item) !== null);
  const id = idOf(usable);
  if (id === null) throw new ItemError("server_error", `${name}: no usable id on a whole page to go on from`);
  return id;
}

function idOf(item: unknown): string | null {
  if (typeof item !== "object" || item === null || !("id" in item)) return null;
  return /^[1-9]\d*$/.test(String(item.id)) ? String(item.id) : null;
}
