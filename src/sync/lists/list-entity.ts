import type { ThreadListing } from "../../transform/thread.ts";
import type { Loaded } from "../load-page.ts";
import type { Source, Watermarks } from "../ports.ts";
import type { Run } from "../run.ts";

/** An entity that Hostaway serves as a list of its own, with a change feed and a call for one record. */
export interface ListEntity {
  /** Raw records through transform and load. */
  load(items: readonly unknown[], run: Run): Promise<Loaded<object>>;
  /**
   * Stores the records that changed since the watermark, and moves it. Returns the number of all records; null when
   * the list did not say. Throws only errors that end the run.
   */
  followChanges(run: Run, watermarks: Watermarks): Promise<number | null>;
  /** Stores all records, changed or not. */
  readAll(run: Run): Promise<void>;
  /** Records of a full page. */
  pageSize(sizes: Source["pageSizes"]): number;
}

/** Name and time zone of all listings, including those that a dry run has read and not stored. */
export async function listingFacts(run: Run): Promise<ReadonlyMap<string, ThreadListing>> {
  return new Map([...(await run.stores.listings.facts(run.accountId)), ...run.listingsRead]);
}
