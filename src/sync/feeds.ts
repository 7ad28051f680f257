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

/** A feed is read again this far behind its watermark: for clocks that differ, and changes that show late. */
const LOOKBACK_MS = DAY_MS;

/**
 * Stores the listings that changed, and gives name and time zone of all. Like a conversation, each listing
 * is read once more every few days, changed or not.
 */
export async function followListings(
  run: Run,
  { listings_watermark: watermark, listings_read_at: readAt }: Watermarks,
): Promise<ReadonlyMap<string, ListingFacts>> {
  const { source, stores, accountId, sweepDays } = run;
  const now = source.now() ?? run.startedAt;
  const age = readAt === null ? Number.POSITIVE_INFINITY : now.getTime() - readAt.getTime();
  // One that was read in the future was read by a clock that was wrong.
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
 * How far a feed has been followed: to the newest change that it showed and that lies in the past. So neither a clock
 * that runs years ahead, Hostaway's or ours, nor a change dated in the future can make the next run pass over what is
 * still to come.
 */
function nextWatermark(watermark: Date | null, newest: Date | null, now: Date): Date | null {
  const trusted = watermark !== null && watermark <= now ? watermark : null;
  return latest(trusted, newest);
}

function latest(a: Date | null, b: Date | null): Date | null {
  return a !== null && (b === null || a > b) ? a : b;
}

/** When the newest of some documents was changed, those apart that are dated in the future. */
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
  /** Whether all that changed is stored, or a dead letter. */
  readonly whole: boolean;
  /** When the newest change was made; null when no row says. */
  readonly newest: Date | null;
}

/** Stores the listings with activity since a day, or all, and tells the facts of all that there are. */
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
      newest = latest(newestChange(listings, source.now() ?? run.startedAt), newest);
      for (const { listing_id, name, timezone } of listings) changed.set(listing_id, { name, timezone });
      return false;
    },
  });
  return { whole, newest, facts: new Map([...(await stores.listings.facts(accountId)), ...changed]) };
}

/**
 * Stores the reservations that changed. The list shows the latest change first, so that reading may stop
 * where the watermark was, a day's lookback included. Returns how many reservations there are, as far as
 * the list said.
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

/** Stores the reservations that changed since the horizon, or all; says whether that worked, and how many there are. */
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
      newest = latest(newestChange(reservations, source.now() ?? run.startedAt), newest);
      if (run.lease === null) noteDryRun(run, reservations);
      return horizon !== null && liesBehind(horizon, reservations);
    },
  });
  return { whole, newest, total };
}

/** Raw records of each list through transform and load. A new kind of listed item does not compile without its row. */
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

/** Stores one record of a list, as it is found by its id. */
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

/** From where on a feed is read again; null, which is all of it, where the watermark cannot be right. */
function horizonOf(watermark: Date | null, now: Date): Date | null {
  return watermark === null || watermark.getTime() > now.getTime() + DAY_MS
    ? null
    : new Date(watermark.getTime() - LOOKBACK_MS);
}

/**
 * Whether nothing newer can follow a page. Its last row tells where the page is in order; where it is not,
 * only a page that is older throughout does.
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
  /** Whether what was just stored was the last that can have changed. */
  readonly isEnough: (documents: readonly D[]) => boolean;
}

/**
 * Reads a feed as far as need be. One that cannot be read to its end is one failure; what came of it is
 * stored, and the run goes on. True when all of it is stored or written down as a dead letter that can be
 * tried by its id, so that the watermark may move (P4).
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
      await settleLetters(run, type, { open, stored: documents.map(idOf), failed });
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

interface Settled {
  /** The letters that are open. */
  readonly open: ReadonlySet<string>;
  readonly stored: readonly string[];
  readonly failed: readonly FailedItem[];
}

/** Writes down what failed, and takes note of what had failed before and is stored now. */
export async function settleLetters(
  run: Run,
  type: ListedType,
  { open, stored, failed }: Settled,
): Promise<void> {
  const { deadLetters } = run.stores;
  const bad = new Set(failed.map(({ failure }) => failure.failure_id));
  const healed = stored.map((id) => `${type}:${id}`).filter((id) => open.has(id) && !bad.has(id));
  if (healed.length > 0) await deadLetters.resolve(healed);
  if (failed.length > 0) await deadLetters.record(run.accountId, failed, run.source.now() ?? run.startedAt);
}
