import { ItemError } from "../domain/failure.ts";
import { ListEnvelope } from "./envelopes.ts";

/** One page of a list, with all that the response says about its place in the list. */
export interface ListPage {
  readonly items: readonly unknown[];
  /** The number of all rows of the list; null when the response does not say. */
  readonly count: number | null;
  /** The server's limit of rows per page. */
  readonly limit: number | null;
  readonly totalPages: number | null;
}

/** A server may give more rows than requested, but a page of more than these is an error. */
const MOST_ROWS_ON_PAGE = 50_000;

/** Throws `ItemError` for a response that holds no list. */
export function parseListPage(name: string, body: unknown): ListPage {
  const page = ListEnvelope.safeParse(body);
  if (!page.success) throw new ItemError("server_error", `${name}: the response holds no list`);
  const { result: items, count, limit, totalPages } = page.data;
  if (items.length > MOST_ROWS_ON_PAGE)
    throw new ItemError("server_error", `${name}: one response holds ${items.length} rows`);
  return { items, count, limit, totalPages };
}

/** Whether more rows follow, by one field of a response; null: unknown. */
type Says = "more" | "end" | null;

/**
 * Whether a response shows, beyond doubt, that no rows follow it. Servers give fewer rows than requested,
 * leave the count out, or put the number of the page's own rows there; so a field is believed where another
 * one agrees or it cannot mean anything else, and a single field that says "more" is enough. In doubt, the
 * next request decides: an empty page is the end.
 *
 * @param asked the requested number of rows
 * @param end the number of rows from the beginning of the list to the end of this page
 */
export function isLastPage(page: ListPage, asked: number, end: number): boolean {
  const { items, count } = page;
  const pages = saysTotalPages(page, asked, end);
  if (pages === "more" || (count !== null && count > end)) return false;
  if (count === null) return pages === "end";
  if (count < end) return false; // the count contradicts the rows: it is not the list's
  // The number of this page's own rows would look the same on the first page of a longer list.
  return count > items.length || pages === "end" || isShort(page, asked);
}

/**
 * Decided by the number of rows that all pages can hold: with overlapping pages, the page's own number means
 * little.
 */
function saysTotalPages({ items, limit, totalPages }: ListPage, asked: number, end: number): Says {
  if (totalPages === null || totalPages < 1) return null;
  const size = Math.min(limit ?? asked, asked);
  if (end >= totalPages * size) return "end";
  if (end <= (totalPages - 1) * size) return "more";
  return items.length < size ? "end" : null;
}

/**
 * Fewer rows than the limit in the response. Not when their number may be a limit of the server's: some
 * servers repeat the requested limit, and give 100 all the same.
 */
function isShort({ items, limit }: ListPage, asked: number): boolean {
  return limit !== null && items.length < Math.min(limit, asked) && !isUsualLimit(items.length);
}

function isUsualLimit(rows: number): boolean {
  return rows >= 10 && (rows % 10 === 0 || rows % 25 === 0);
}
