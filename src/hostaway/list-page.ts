import { ItemError } from "../domain/failure.ts";
import { ListEnvelope } from "./envelopes.ts";

/** One answer of a list, with everything that it says about its place in the list. */
export interface ListPage {
  readonly items: readonly unknown[];
  /** How many rows the list holds in all; null when the answer does not say. */
  readonly count: number | null;
  /** How many rows an answer may hold, as the server understood the question. */
  readonly limit: number | null;
  readonly totalPages: number | null;
}

/** A server may give more rows than were asked for, but so many are nothing that anybody means. */
const MOST_ROWS_ON_PAGE = 50_000;

/** Throws `ItemError` for an answer that holds no list. */
export function parseListPage(name: string, body: unknown): ListPage {
  const page = ListEnvelope.safeParse(body);
  if (!page.success) throw new ItemError("server_error", `${name}: the response holds no list`);
  const { result: items, count, limit, totalPages } = page.data;
  if (items.length > MOST_ROWS_ON_PAGE)
    throw new ItemError("server_error", `${name}: one response holds ${items.length} rows`);
  return { items, count, limit, totalPages };
}

/** What one mark of an answer says of whether more rows follow; null: nothing. */
type Says = "more" | "end" | null;

/**
 * Whether an answer shows, beyond doubt, that no rows follow it. Servers give fewer rows than were asked for, leave the
 * count out, or put the number of the answer's own rows there; so a mark is believed where another one agrees or it
 * cannot mean anything else, and when one of them says "more" there are more. Where nothing is beyond doubt, the next
 * question settles it: no rows are the end.
 *
 * @param asked how many rows were asked for
 * @param end how many rows of the list lie before the end of this answer, those on it included
 */
export function isLastPage(page: ListPage, asked: number, end: number): boolean {
  const { items, count } = page;
  const pages = saysTotalPages(page, asked, end);
  if (pages === "more" || (count !== null && count > end)) return false;
  if (count === null) return pages === "end";
  if (count < end) return false; // it contradicts what came: it is not the list's
  // The number of this answer's own rows would look the same on the first answer of a longer list.
  return count > items.length || pages === "end" || isShort(page, asked);
}

/** Decided by how many rows so many pages can hold: with overlapping pages, the page's own number means little. */
function saysTotalPages({ items, limit, totalPages }: ListPage, asked: number, end: number): Says {
  if (totalPages === null || totalPages < 1) return null;
  const size = Math.min(limit ?? asked, asked);
  if (end >= totalPages * size) return "end";
  if (end <= (totalPages - 1) * size) return "more";
  return items.length < size ? "end" : null;
}

/**
 * Fewer rows than the server itself says it would give. Not when their number may be a limit of its own: some servers
 * repeat the limit that was asked for, and give 100 all the same.
 */
function isShort({ items, limit }: ListPage, asked: number): boolean {
  return limit !== null && items.length < Math.min(limit, asked) && !isUsualLimit(items.length);
}

function isUsualLimit(rows: number): boolean {
  return rows >= 10 && (rows % 10 === 0 || rows % 25 === 0);
}
