import { ItemError } from "../domain/failure.ts";
import type { SourcePage } from "../sync/ports.ts";
import { jsonOf } from "../transform/keep-raw.ts";
import { usableIdOf } from "../transform/records.ts";
import { isLastPage, parseListPage } from "./list-page.ts";

export type FetchPage = (query: Readonly<Record<string, number | string>>) => Promise<unknown>;

export interface Walk {
  readonly name: string;
  /** Items requested per page. */
  readonly limit: number;
  /** A list of more rows counts as endless; two million when not given. */
  readonly mostRows?: number;
}

export interface OffsetWalk extends Walk {
  /**
   * Whether rows move to the top while the list is read. Then the top is read again at the end, until nothing
   * new appears, unless one page held everything.
   */
  readonly risesToTop: boolean;
  /**
   * The first offset; 0 when not given. A caller that begins further down makes sure that no rows are
   * skipped.
   */
  readonly from?: number;
}

/** The most walks through a list that keeps changing. */
const MOST_PASSES = 3;
/** Pages in a row that hold nothing new: a server that repeats itself, not a list that moves. */
const MOST_STALE_PAGES = 3;
const MOST_GAPS = 8;
/** No real list holds more; an endless list ends here. */
const MOST_ROWS_IN_LIST = 2_000_000;

/**
 * Walks an offset-paged list that may move while it is read, and yields each item once. When it returns,
 * every item that was in the list from the beginning to the end of the walk has been yielded; when that is
 * not certain it throws:
 *
 * - pages overlap, and a page must begin with items already seen; otherwise rows were deleted above and
 *   others have moved past the walk: it steps back
 * - a row that moved to the top, into the part already read, is met when the top is read again
 * - the walk ends where a response shows beyond doubt that it is the last, or with a page that holds nothing
 *   new
 * - as many distinct items must have come as `count` says, and they must be the right ones: when the count
 *   fell, a page showed nothing new, or one page showed a row twice, the list is walked once more
 *
 * The next offset depends on the rows that came, not on the requested number: a server with a lower `limit`
 * must not cut the list short. Pagination that does not advance, and an endless list, end with an error,
 * never in a loop.
 */
export async function* walkByOffset(walk: OffsetWalk, fetchPage: FetchPage): AsyncGenerator<SourcePage> {
  const shown = createSeenRows();
  const unseen = (page: SourcePage) => ({ ...page, items: shown.take(page) });
  for (let passes = 1; passes <= MOST_PASSES; passes += 1) {
    const pass = createSeenRows();
    for await (const page of onePass(walk, pass, fetchPage)) yield unseen(page);
    const atOnce = pass.answers() === 1;
    if (walk.risesToTop && !atOnce && !pass.doubtful()) yield* readTopAgain(walk, pass, fetchPage, unseen);
    if (!pass.doubtful() && !pass.short(walk.from)) return;
    if (shown.isSettled(walk.from)) return;
  }
  throw incompleteList(walk.name, shown);
}

/** Reads from the top down, as long as pages show rows that the pass has not seen. */
async function* readTopAgain(
  walk: OffsetWalk,
  pass: SeenRows,
  fetchPage: FetchPage,
  unseen: (page: SourcePage) => SourcePage,
): AsyncGenerator<SourcePage> {
  for await (const page of onePass(walk, pass, fetchPage)) {
    if (pass.news() === 0) return;
    yield unseen(page);
  }
}

/** Reads the list once from beginning to end. Yields whole pages, and adds their rows to `seen`. */
async function* onePass(
  { name, limit, from = 0, mostRows = MOST_ROWS_IN_LIST }: OffsetWalk,
  seen: SeenRows,
  fetchPage: FetchPage,
): AsyncGenerator<SourcePage> {
  const widest = Math.max(1, Math.floor(limit * OVERLAP));
  const isAgain = seen.answers() > 0;
  let [offset, overlap, longest, stale, gaps] = [from, 0, 0, 0, 0];
  for (;;) {
    const page = parseListPage(name, await fetchPage({ limit, offset }));
    const { items, count } = page;
    if (items.length === 0 && count !== null && offset < count) throw incompleteList(name, seen, count);
    if (offset > from && overlap > 0 && items.length > 0 && !items.slice(0, overlap).some(seen.has)) {
      gaps += 1;
      if (gaps > MOST_GAPS) throw new ItemError("server_error", `${name}: pages do not connect`);
      offset = Math.max(from, offset - widest * 2 ** gaps);
      continue;
    }
    const fresh = seen.take(page);
    const end = offset + items.length;
    // A page begins with known rows: without others, the list holds no others.
    const isSpent = fresh.length === 0 && items.length <= overlap && items.length < longest;
    const last = items.length === 0 || isSpent || isLastPage(page, limit, end);
    longest = Math.max(longest, items.length);
    overlap = Math.min(widest, items.length - 1);
    yield { items, count, next: last || overlap === 0 ? null : waypoint(end - overlap, items.at(-overlap)) };
    if (last) return;
    if (seen.size() > mostRows) throw endlessList(name, mostRows);
    if (fresh.length === 0 && !isAgain) seen.doubt();
    stale = fresh.length === 0 ? stale + 1 : 0;
    if (stale === MOST_STALE_PAGES) throw stuckPaging(name);
    offset = end - overlap;
  }
}

/** The share of a page's rows that are requested twice, to check that pages connect. */
const OVERLAP = 0.02;

function waypoint(offset: number, item: unknown): SourcePage["next"] {
  const id = usableIdOf(item);
  return id === null ? null : { offset, id };
}

/**
 * Walks a list by `afterId`, the id of the last row seen (reservations; never together with `sortOrder`,
 * which Hostaway answers with 403), and yields each item once. A row that moves to the top while the list is
 * read is met when the top is read again. It ends as a walk by offset does. A caller that needs only the
 * newest rows stops early.
 */
export async function* walkByCursor(
  { name, limit, mostRows = MOST_ROWS_IN_LIST }: Walk,
  fetchPage: FetchPage,
): AsyncGenerator<SourcePage> {
  const shown = createSeenRows();
  for (let passes = 1; passes <= MOST_PASSES; passes += 1) {
    const pass = createSeenRows();
    const cursors = new Set<string>();
    let rows: readonly string[] = [];
    for (let query: Readonly<Record<string, string>> = {}; ; ) {
      const page = parseListPage(name, await fetchPage({ limit, ...query }));
      const { items, count } = page;
      const fresh = pass.take(page);
      const unseen = shown.take(page);
      if (unseen.length > 0) yield { items: unseen, count, next: null };
      if (isLastPage(page, limit, pass.size()) || (items.length === 0 && !pass.short())) break;
      if (pass.size() > mostRows) throw endlessList(name, mostRows);
      const ids = usableIds(items);
      if (items.length > 0 && ids.length === 0) throw missingCursor(name);
      // The last row may have moved to the top, or be deleted: then the row before it is the cursor.
      if (fresh.length > 0 || passes > 1) rows = ids;
      const afterId = rows.slice(-MOST_STALE_PAGES).findLast((id) => !cursors.has(id));
      if (afterId === undefined || (items.length === 0 && passes > 1)) break;
      cursors.add(afterId);
      query = { afterId };
    }
    if (!pass.doubtful() && !pass.short()) return;
    if (shown.isSettled()) return;
  }
  throw incompleteList(name, shown);
}

/** The rows of a walk, or of one pass, so far. */
interface SeenRows {
  has(item: unknown): boolean;
  /** Adds a page, and returns its new rows. */
  take(page: Pick<SourcePage, "items" | "count">): unknown[];
  answers(): number;
  /** Number of distinct rows. */
  size(): number;
  /** Number of new rows on the last page. */
  news(): number;
  /** The count on the last page; null also where it is not the list's count. */
  count(): number | null;
  /** Whether the list holds more rows than were seen; the first `from` rows were never requested. */
  short(from?: number): boolean;
  /** Whether the rows may not be complete: a row was deleted meanwhile, or rows or pages came twice. */
  doubtful(): boolean;
  doubt(): void;
  /**
   * Whether the rows are complete, whatever their order: the count never changed, and as many distinct rows
   * came.
   */
  isSettled(from?: number): boolean;
}

function createSeenRows(): SeenRows {
  const keys = new Set<number | string>();
  let [answers, news] = [0, 0];
  let known: number | null = null;
  let isSteady = true;
  let isUseless = false;
  let hasPromised = false;
  let doubtful = false;
  return {
    has: (item) => keys.has(rowKeyOf(item, 0)),
    take({ items, count }) {
      const here = new Map<number | string, number>();
      const fresh = items.filter((item) => {
        const plain = rowKeyOf(item, 0);
        const before = here.get(plain) ?? 0;
        here.set(plain, before + 1);
        // A page that shows a row twice leaves out another row.
        if (before > 0 && usableIdOf(item) !== null) doubtful = true;
        const key = before > 0 ? rowKeyOf(item, before) : plain;
        if (keys.has(key)) return false;
        keys.add(key);
        return true;
      });
      // Some servers put the number of the page's own rows there, or 0: such a count is not the list's.
      if (count !== null && count < keys.size && count <= items.length) isUseless = true;
      // A count above the page's rows before, and a useless one now: rows were lost on the way.
      if (count !== null && count > items.length) hasPromised = true;
      if (isUseless && hasPromised) doubtful = true;
      const said = isUseless ? null : count;
      if (known !== null && said !== null && said < known) doubtful = true;
      if (said === null || (answers > 0 && said !== known)) isSteady = false;
      answers += 1;
      news = fresh.length;
      known = said;
      return fresh;
    },
    answers: () => answers,
    size: () => keys.size,
    news: () => news,
    count: () => known,
    short: (from = 0) => known !== null && keys.size < known - from,
    doubtful: () => doubtful,
    doubt() {
      doubtful = true;
    },
    isSettled: (from = 0) => isSteady && known !== null && known > 0 && keys.size === known - from,
  };
}

/**
 * Ids as numbers take the least memory. The key of an item without a usable id is its whole content, and the
 * number of equal items before it on its page.
 */
function rowKeyOf(item: unknown, before: number): number | string {
  const id = usableIdOf(item);
  if (id === null) return `${jsonOf(item)}#${before}`;
  return id.length < 16 ? Number(id) : id;
}

function incompleteList(name: string, seen: SeenRows, count = seen.count()): ItemError {
  return new ItemError("server_error", `${name}: the list is incomplete, ${seen.size()} of ${count} rows`);
}

function endlessList(name: string, rows: number): ItemError {
  return new ItemError("server_error", `${name}: the list does not end, more than ${rows} rows`);
}

function stuckPaging(name: string): ItemError {
  return new ItemError("server_error", `${name}: pagination is stuck, pages repeat`);
}

function missingCursor(name: string): ItemError {
  return new ItemError("server_error", `${name}: no usable id on a page to continue from`);
}

function usableIds(items: readonly unknown[]): string[] {
  return items.map(usableIdOf).filter((id) => id !== null);
}
