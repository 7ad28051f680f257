import { ItemError } from "../domain/failure.ts";
import { Page } from "./schemas.ts";

export interface ListPage {
  /** Raw items that this walk has not shown before: each is decoded on its own, so that one bad record cannot fail its page. */
  readonly items: readonly unknown[];
  /** How many the list holds in all, as of this page; null when Hostaway did not say. */
  readonly count: number | null;
  /** Where a later walk could go on; null on the last page, and for lists that are not walked by offset. */
  readonly next: Waypoint | null;
}

/** A place in a list, and the item that stood there: another one there means that the list has moved. */
export interface Waypoint {
  readonly offset: number;
  readonly id: string;
}

export type FetchPage = (query: Readonly<Record<string, number | string>>) => Promise<unknown>;

export interface Walk {
  readonly name: string;
  /** Items asked for at a time. */
  readonly limit: number;
}

export interface OffsetWalk extends Walk {
  /**
   * Whether rows move to the top while the list is read. Then the top is read again at the end, until
   * nothing new appears, unless one answer held everything.
   */
  readonly risesToTop: boolean;
  /** Where to begin; 0 when not given. Whoever begins elsewhere makes sure that nothing lies between. */
  readonly from?: number;
}

/** A list that keeps changing is walked this often before it is given up. */
const MOST_PASSES = 3;
/** Pages in a row that hold nothing new: a server that repeats itself, not a list that moves. */
const MOST_STALE_PAGES = 3;
const MOST_GAPS = 8;

/**
 * Walks an offset-paged list that may move while it is read, and yields each item once. When it returns,
 * every item that was in the list from the beginning to the end of the walk has been yielded; when it
 * cannot be sure of that it throws:
 *
 * - pages overlap, and a page must begin with items already seen; otherwise rows were deleted above and
 *   others have slid by unseen: the walk steps back
 * - a row that moved to the top, into what had been read, is met when the top is read again
 * - as many items must have come as `count` says, and there must be no doubt that they are the right ones:
 *   when the count fell, or a page showed nothing new, the list is walked once more
 *
 * It goes on by what came and not by what was asked for: a server that caps `limit` below ours must not
 * cut the list short. Paging that does not move ends with an error, never in a loop.
 */
export async function* walkByOffset(walk: OffsetWalk, fetchPage: FetchPage): AsyncGenerator<ListPage> {
  const shown = createSeen();
  const unseen = (page: ListPage) => ({ ...page, items: shown.take(page.items, page.count) });
  for (let passes = 1; passes <= MOST_PASSES; passes += 1) {
    const pass = createSeen();
    for await (const page of onePass(walk, pass, fetchPage)) yield unseen(page);
    const atOnce = pass.answers() <= 1;
    if (atOnce && pass.rows() >= (pass.count() ?? 0) - (walk.from ?? 0)) return;
    if (pass.doubtful()) continue;
    if (walk.risesToTop) yield* topAgain(walk, pass, fetchPage, unseen);
    if (!pass.short(walk.from)) return;
  }
  throw incomplete(walk.name, shown);
}

/** From the top as far down as there is something that the pass has not seen. */
async function* topAgain(
  walk: OffsetWalk,
  pass: Seen,
  fetchPage: FetchPage,
  unseen: (page: ListPage) => ListPage,
): AsyncGenerator<ListPage> {
  for await (const page of onePass(walk, pass, fetchPage)) {
    if (pass.news() === 0) return;
    yield unseen(page);
  }
}

/** The list once from beginning to end. Shows whole pages; `seen` takes note of them. */
async function* onePass(
  { name, limit, from = 0 }: OffsetWalk,
  seen: Seen,
  fetchPage: FetchPage,
): AsyncGenerator<ListPage> {
  const widest = Math.max(1, Math.floor(limit * OVERLAP));
  let [offset, overlap, stale, gaps] = [from, 0, 0, 0];
  for (;;) {
    const { items, count } = readPage(name, await fetchPage({ limit, offset }));
    if (items.length === 0 && count !== null && offset < count) throw incomplete(name, seen, count);
    if (offset > from && overlap > 0 && items.length > 0 && !items.slice(0, overlap).some(seen.has)) {
      gaps += 1;
      if (gaps > MOST_GAPS) throw new ItemError("server_error", `${name}: pages do not fit together`);
      offset = Math.max(from, offset - widest * 2 ** gaps);
      continue;
    }
    const fresh = seen.take(items, count);
    const end = offset + items.length;
    overlap = Math.min(widest, items.length - 1);
    const last = count === null ? items.length < limit : end >= count;
    yield { items, count, next: last || overlap === 0 ? null : waypoint(end - overlap, items.at(-overlap)) };
    if (last) return;
    stale = fresh.length === 0 ? stale + 1 : 0;
    if (stale === MOST_STALE_PAGES) throw stuck(name);
    offset = end - overlap;
  }
}

/** The share of a page's rows that are asked for twice, to see that pages fit together. */
const OVERLAP = 0.02;

function waypoint(offset: number, item: unknown): Waypoint | null {
  const id = idOf(item);
  return id === null ? null : { offset, id };
}

/**
 * Walks a list by `afterId`, the id of the last row seen (reservations; never together with `sortOrder`,
 * which Hostaway answers with 403), and yields each item once. A row that moves to the top while the list
 * is read is met when the top is read again. Who needs only the newest stops early.
 */
export async function* walkByCursor({ name, limit }: Walk, fetchPage: FetchPage): AsyncGenerator<ListPage> {
  const seen = createSeen();
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    const cursors = new Set<string>();
    let rows: readonly string[] = [];
    for (let query: Readonly<Record<string, string>> = {}; ; ) {
      const { items, count } = readPage(name, await fetchPage({ limit, ...query }));
      const fresh = seen.take(items, count);
      if (fresh.length > 0) yield { items: fresh, count, next: null };
      if (!(seen.short() || (count === null && items.length === limit))) break;
      const ids = usableIds(items);
      if (items.length > 0 && ids.length === 0) throw nothingToGoOnFrom(name);
      // The row to go on from may have moved to the top, or be gone: then the one before it serves.
      if (fresh.length > 0 || pass > 1) rows = ids;
      const afterId = rows.slice(-MOST_STALE_PAGES).findLast((id) => !cursors.has(id));
      if (afterId === undefined || (items.length === 0 && pass > 1)) break;
      cursors.add(afterId);
      query = { afterId };
    }
    if (!seen.short()) return;
  }
  throw incomplete(name, seen);
}

/** What a walk, or one pass of it, has met so far. */
interface Seen {
  has(item: unknown): boolean;
  /** Takes note of a page and gives back what is new of it. */
  take(items: readonly unknown[], count: number | null): unknown[];
  /** How many rows came, repeated ones included. */
  rows(): number;
  answers(): number;
  size(): number;
  /** How many rows of the page that came last were new. */
  news(): number;
  /** As of the page that came last. */
  count(): number | null;
  /** Whether the list holds more than was seen, `from` of which were never asked for. */
  short(from?: number): boolean;
  /** Whether what was seen may not be what is there: something was deleted meanwhile, or a page came twice. */
  doubtful(): boolean;
}

function createSeen(): Seen {
  const keys = new Set<number | string>();
  let [rows, answers, news] = [0, 0, 0];
  let known: number | null = null;
  let doubtful = false;
  return {
    has: (item) => keys.has(keyOf(item)),
    take(items, count) {
      const fresh = items.filter((item) => {
        const key = keyOf(item);
        if (keys.has(key)) return false;
        keys.add(key);
        return true;
      });
      if (known !== null && count !== null && count < known) doubtful = true;
      if (answers > 0 && fresh.length === 0) doubtful = true;
      rows += items.length;
      answers += 1;
      news = fresh.length;
      known = count;
      return fresh;
    },
    rows: () => rows,
    answers: () => answers,
    size: () => keys.size,
    news: () => news,
    count: () => known,
    short: (from = 0) => known !== null && keys.size < known - from,
    doubtful: () => doubtful,
  };
}

/** Ids as numbers take the least memory. An item without a usable id is known by all that it says. */
function keyOf(item: unknown): number | string {
  const id = idOf(item);
  if (id === null) return JSON.stringify(item) ?? "";
  return id.length < 16 ? Number(id) : id;
}

function readPage(name: string, body: unknown): Pick<ListPage, "items" | "count"> {
  const page = Page.safeParse(body);
  if (!page.success) throw new ItemError("server_error", `${name}: the answer holds no list`);
  return { items: page.data.result, count: page.data.count };
}

function incomplete(name: string, seen: Seen, count = seen.count()): ItemError {
  return new ItemError("server_error", `${name}: the list ends at ${seen.size()} of ${count}`);
}

function stuck(name: string): ItemError {
  return new ItemError("server_error", `${name}: paging is stuck, pages come again and again`);
}

function nothingToGoOnFrom(name: string): ItemError {
  return new ItemError("server_error", `${name}: no usable id on a whole page to go on from`);
}

function usableIds(items: readonly unknown[]): string[] {
  return items.map(idOf).filter((id) => id !== null);
}

function idOf(item: unknown): string | null {
  if (typeof item !== "object" || item === null || !("id" in item)) return null;
  return /^[1-9]\d*$/.test(String(item.id)) ? String(item.id) : null;
}
