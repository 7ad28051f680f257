import type { Listing } from "../../domain/listing.ts";
import { DAY_MS } from "../../domain/time.ts";
import * as hostaway from "../../transform/records.ts";
import { toListing } from "../../transform/to-listing.ts";
import { type Loaded, loadPage } from "../load-page.ts";
import type { Watermarks } from "../ports.ts";
import type { Run } from "../run.ts";
import { hostawayNow } from "../update-dead-letters.ts";
import { type FollowedFeed, followFeed } from "./follow-feed.ts";
import { type ListEntity, listingFacts } from "./list-entity.ts";
import { horizonOf, nextWatermark } from "./watermark.ts";

/** Read before the messages, which carry their names and time zones. */
export const LISTINGS_LIST: ListEntity = {
  load: loadListings,
  followChanges: followListings,
  async readAll(run) {
    await readListings(run, null);
  },
  pageSize: ({ listings }) => listings,
};

/** Like a conversation, each listing is read once more every few days, changed or not. */
async function followListings(
  run: Run,
  { listings_watermark: watermark, listings_read_at: readAt }: Watermarks,
): Promise<number> {
  const { source, stores, accountId } = run;
  const now = hostawayNow(run);
  const since = mayRest(readAt, now, run) ? horizonOf(watermark, now) : null;
  const { whole, newest } = await readListings(run, since);
  const readNow = source.now();
  if (whole && readNow) {
    const listings_watermark = nextWatermark(watermark, newest, readNow);
    await stores.accountStates.update(accountId, {
      listings_watermark,
      ...(since === null && { listings_read_at: readNow }),
    });
  }
  return (await listingFacts(run)).size;
}

/** Whether the whole list was read a short time ago. A reading in the future was dated by a wrong clock. */
function mayRest(readAt: Date | null, now: Date, { sweepDays }: Run): boolean {
  const age = readAt === null ? Number.POSITIVE_INFINITY : now.getTime() - readAt.getTime();
  return sweepDays > 1 && age < sweepDays * DAY_MS && age > -DAY_MS;
}

/** @param since null: all listings */
async function readListings(run: Run, since: Date | null): Promise<FollowedFeed> {
  return await followFeed<Listing>(run, {
    type: "listing",
    pages: run.source.listings(since, run.signal),
    load: loadListings,
    idOf: ({ listing_id }) => listing_id,
    isEnough(listings) {
      for (const { listing_id, name, timezone } of listings)
        run.listingsRead.set(listing_id, { name, timezone });
      return false;
    },
  });
}

function loadListings(
  items: readonly unknown[],
  { stores, ledger, accountId }: Run,
): Promise<Loaded<Listing>> {
  return loadPage({
    type: "listing",
    schema: hostaway.ListingRecord,
    store: stores.listings,
    ledger,
    items,
    toDocuments: (records) => records.map((record) => () => toListing(record, accountId)),
  });
}
