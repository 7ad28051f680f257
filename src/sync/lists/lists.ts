import type { FailedItem } from "../../domain/dead-letter.ts";
import type { ItemType, ListedType } from "../../domain/failure.ts";
import type { Watermarks } from "../ports.ts";
import type { Run } from "../run.ts";
import type { ListEntity } from "./list-entity.ts";
import { LISTINGS_LIST } from "./listings.ts";
import { RESERVATIONS_LIST } from "./reservations.ts";

/** In the order in which they are read. A new type of listed item does not compile without its row. */
const LISTS: Readonly<Record<ListedType, ListEntity>> = {
  listing: LISTINGS_LIST,
  reservation: RESERVATIONS_LIST,
};

export const LISTED_TYPES = Object.keys(LISTS) as ListedType[];

export function isListed(type: ItemType): type is ListedType {
  return Object.hasOwn(LISTS, type);
}

/** Stores the changes of all lists. Returns the number of all records of each; null where its list did not say. */
export async function followLists(
  run: Run,
  watermarks: Watermarks,
): Promise<ReadonlyMap<ListedType, number | null>> {
  const counts = new Map<ListedType, number | null>();
  for (const type of LISTED_TYPES) counts.set(type, await LISTS[type].followChanges(run, watermarks));
  return counts;
}

export async function readAllLists(run: Run): Promise<void> {
  for (const type of LISTED_TYPES) await LISTS[type].readAll(run);
}

/** Stores one record of a list that was found by its id. */
export async function loadListed(
  type: ListedType,
  record: unknown,
  run: Run,
): Promise<readonly FailedItem[]> {
  return (await LISTS[type].load([record], run)).failed;
}

/** API calls that reading all lists takes, one at least for each. */
export function callsForLists(
  counts: ReadonlyMap<ListedType, number | null>,
  fallback: number,
  { source }: Run,
): number {
  return [...counts]
    .map(([type, count]) => pagesOf(count ?? fallback, LISTS[type].pageSize(source.pageSizes)))
    .reduce((sum, pages) => sum + pages, 0);
}

export function pagesOf(items: number, pageSize: number): number {
  return Math.max(1, Math.ceil(items / pageSize));
}
