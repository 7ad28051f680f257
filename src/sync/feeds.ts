import type { FailedItem } from "../domain/dead-letter.ts";
import { failureFrom, type ItemType, type ListedType, toItemError } from "../domain/failure.ts";
import type { Listing } from "../domain/listing.ts";
import type { Reservation } from "../domain/reservation.ts";
import { DAY_MS } from "../domain/time.ts";
import * as hostaway from "../transform/records.ts";
import type { ListingFacts } from "../transform/thread.ts";
import { toListing } from "../transform/to-listing.ts";
import { toReservation } from "../transform/to-reservation.ts";
import { type Loaded, loadPage } from "./load-page.ts";
import type { SourcePage, Watermarks } from "./ports.ts";
import { type Run, tellProgress } from "./run.ts";
import { hostawayNow, updateListDeadLetters } from "./update-dead-letters.ts";

/** A feed is read again this far behind its watermark: for clocks that differ, and changes that appear late. */
const LOOKBACK_MS = DAY_MS;

/**
 * Stores changed listings, and returns name and time zone of all. Like a conversation, each listing is read once more
 * every few days, changed or not.
 */
export async function followListings(
  run: Run,
  { listings_watermark: watermark, listings_read_at: readAt }: Watermarks,
): Promise<ReadonlyMap<string, ListingFacts>> {
  const { source, stores, accountId, sweepDays } = run;
  const now = hostawayNow(run);
  const age = readAt === null ? Number.POSITIVE_INFINITY : now.getTime() - readAt.getTime();
  // A reading in the future was dated by a wrong clock.
  const resting = age < sweepDays * DAY_MS && age > -DAY_MS;
  const since = resting && sweepDays > 1 ? horizonOf(watermark, now) : null;
  const { whole, facts, newest } = await readListings(run, since);
  const readNow = source.now();
  if (whole && readNow) {
    const listings_watermark = nextWatermark(watermark, newest, readNow);
    const change = { listings_watermark, ...(since === null && { listings_read_at: readNow }) };
    await stores.accountStates.update(accountId, change);
  }
  return facts;
}

/**
 * The next watermark: the newest change of the feed that lies in the past. So neither a clock that runs years ahead,
 * Hostaway's or ours, nor a change dated in the future can make the next run skip changes that are still to come.
 */
function nextWatermark(watermark: Date | null, newest: Date | null, now: Date): Date | null {
  const trusted = watermark !== null && watermark <= now ? watermark : null;
  return latest(trusted, newest);
}

function latest(a: Date | null, b: Date | null): Date | null {
  return a !== null && (b === null || a > b) ? a : b;
}

/** The newest change among some documents; dates in the future do not count. */
function newestChange(
  documents: readonly { readonly source_updated_at: Date | null }[],
  now: Date,
): Date | null {
  return documents.reduce<Date | null>(
    (newest, { source_updated_at: time }) => (time !== null && time > now ? newest : latest(time, newest)),
    null,
  );
}

interface ReadFeed {
  /** Whether every changed item is stored, or a dead letter. */
  readonly whole: boolean;
  /** The newest change; null when no row has a date. */
  readonly newest: Date | null;
}

/** Stores the listings with activity since a day, or all, and returns the facts of all listings. */
export async function readListings(
  run: Run,
  since: Date | null,
): Promise<ReadFeed & { readonly facts: ReadonlyMap<string, ListingFacts> }> {
  const { source, stores, accountId } = run;
  const changed = new Map<string, ListingFacts>();
  let newest: Date | null = null;
  const whole = await follow<Listing>(run, "listing", source.listings(since, run.signal), {
    load: (items) => loadListings(items, run),
    idOf: ({ listing_id }) => listing_id,
    isEnough: (listings) => {
      newest = latest(newestChange(listings, hostawayNow(run)), newest);
      for (const { listing_id, name, timezone } of listings) changed.set(listing_id, { name, timezone });
      return false;
    },
  });
  return { whole, newest, facts: new Map([...(await stores.listings.facts(accountId)), ...changed]) };
}

/**
 * Stores changed reservations. The list shows the latest change first, so that reading may stop at the watermark less
 * a day's lookback. Returns the number of all reservations; null when the list did not say.
 *
 * @param asOf Hostaway's time before the list was asked for; null when it is not known, and the watermark stays
 */
export async function followReservations(
  run: Run,
  { reservations_watermark: watermark }: Watermarks,
  asOf: Date | null,
): Promise<number | null> {
  const { whole, newest, total } = await readReservations(run, horizonOf(watermark, asOf ?? run.startedAt));
  const reservations_watermark = asOf && nextWatermark(watermark, newest, asOf);
  if (whole && reservations_watermark)
    await run.stores.accountStates.update(run.accountId, { reservations_watermark });
  return total;
}

/** Stores the reservations that changed since the horizon, or all. */
export async function readReservations(
  run: Run,
  horizon: Date | null,
): Promise<ReadFeed & { readonly total: number | null }> {
  const { source } = run;
  let total: number | null = null;
  let newest: Date | null = null;
  const whole = await follow<Reservation>(run, "reservation", source.reservations(run.signal), {
    load: (items, { count }) => {
      total = count;
      return loadReservations(items, run);
    },
    idOf: ({ reservation_id }) => reservation_id,
    isEnough: (reservations) => {
      newest = latest(newestChange(reservations, hostawayNow(run)), newest);
      if (run.lease === null) noteDryRun(run, reservations);
      return horizon !== null && liesBehind(horizon, reservations);
    },
  });
  return { whole, newest, total };
}

/** Raw records of each list through transform and load. A new type of listed item does not compile without its row. */
const LOADERS: Readonly<
  Record<ListedType, (items: readonly unknown[], run: Run) => Promise<Loaded<object>>>
> = {
  listing: loadListings,
  reservation: loadReservations,
};

export const LISTED_TYPES = Object.keys(LOADERS) as ListedType[];

export function isListed(type: ItemType): type is ListedType {
  return Object.hasOwn(LOADERS, type);
}

/** Stores one record of a list that was found by its id. */
export async function loadListed(
  type: ListedType,
  record: unknown,
  run: Run,
): Promise<readonly FailedItem[]> {
  return (await LOADERS[type]([record], run)).failed;
}

function loadListings(
  items: readonly unknown[],
  { stores, ledger, accountId }: Run,
): Promise<Loaded<Listing>> {
  const target = { type: "listing", schema: hostaway.Listing, store: stores.listings, ledger } as const;
  const toDocuments = (records: readonly hostaway.Listing[]) =>
    records.map((record) => () => toListing(record, accountId));
  return loadPage({ ...target, items, toDocuments });
}

export function loadReservations(
  items: readonly unknown[],
  { stores, ledger, accountId }: Run,
): Promise<Loaded<Reservation>> {
  const target = {
    type: "reservation",
    schema: hostaway.Reservation,
    store: stores.reservations,
    ledger,
  } as const;
  const toDocuments = (records: readonly hostaway.Reservation[]) =>
    records.map((record) => () => toReservation(record, accountId));
  return loadPage({ ...target, items, toDocuments });
}

function noteDryRun({ dryRunReservations }: Run, reservations: readonly Reservation[]): void {
  for (const { reservation_id, source_updated_at } of reservations)
    dryRunReservations.set(reservation_id, source_updated_at?.getTime() ?? 0);
}

/** The moment from which a feed is read again; null, which means all of it, where the watermark cannot be right. */
function horizonOf(watermark: Date | null, now: Date): Date | null {
  return watermark === null || watermark.getTime() > now.getTime() + DAY_MS
    ? null
    : new Date(watermark.getTime() - LOOKBACK_MS);
}

/**
 * Whether nothing newer can follow a page. The last row decides where the page is in order; otherwise every row must be
 * older.
 */
function liesBehind(horizon: Date, page: readonly Reservation[]): boolean {
  const times = page.map(({ source_updated_at }) => source_updated_at?.getTime() ?? Number.POSITIVE_INFINITY);
  const inOrder = times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0));
  const judged = inOrder ? times.slice(-1) : times;
  return judged.length > 0 && judged.every((time) => time < horizon.getTime());
}

interface Feed<D> {
  readonly load: (
    items: readonly unknown[],
    page: SourcePage,
  ) => Promise<{ readonly documents: readonly D[]; readonly failed: readonly FailedItem[] }>;
  readonly idOf: (document: D) => string;
  /** Whether no later page can hold a change. */
  readonly isEnough: (documents: readonly D[]) => boolean;
}

/**
 * Reads a feed as far as necessary. A feed that breaks off is one failure; the pages before are stored, and the run goes
 * on. True when every item is stored, or a dead letter with an id, so that the watermark may move (P4).
 */
async function follow<D>(
  run: Run,
  type: ListedType,
  pages: AsyncIterable<SourcePage>,
  { load, idOf, isEnough }: Feed<D>,
): Promise<boolean> {
  const { deadLetters } = run.stores;
  const open = new Set((await deadLetters.open(run.accountId, { types: [type] })).map(({ _id }) => _id));
  let nameless = false;
  try {
    for await (const page of pages) {
      const { documents, failed } = await load(page.items, page);
      nameless ||= failed.some(({ failure }) => failure.item_id === null);
      await updateListDeadLetters(run, type, { open, stored: documents.map(idOf), failed });
      tellProgress(run, `${type}s`);
      if (isEnough(documents)) break;
    }
    if (!nameless && open.size > 0) await deadLetters.resolveNameless(run.accountId, type);
    return !nameless;
  } catch (error) {
    if (run.signal.aborted || toItemError(error).endsRun) throw error;
    run.ledger.fail(type, failureFrom(error, { item_type: type, item_id: null, conversation_id: null }));
    return false;
  }
}
