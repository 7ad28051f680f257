import type { Reservation } from "../../domain/reservation.ts";
import * as hostaway from "../../transform/records.ts";
import { toReservation } from "../../transform/to-reservation.ts";
import { type Loaded, loadPage } from "../load-page.ts";
import type { Watermarks } from "../ports.ts";
import type { Run } from "../run.ts";
import { type FollowedFeed, followFeed } from "./follow-feed.ts";
import type { ListEntity } from "./list-entity.ts";
import { horizonOf, nextWatermark } from "./watermark.ts";

/** Read before the messages, which carry guest, stay and price. The list shows the latest change first. */
export const RESERVATIONS_LIST: ListEntity = {
  load: loadReservations,
  followChanges: followReservations,
  async readAll(run) {
    await readReservations(run, null);
  },
  pageSize: ({ others }) => others,
};

async function followReservations(
  run: Run,
  { reservations_watermark: watermark }: Watermarks,
): Promise<number | null> {
  // Known from the answers before, unless all of them failed; then the watermark stays.
  const asOf = run.source.now();
  const { whole, newest, count } = await readReservations(run, horizonOf(watermark, asOf ?? run.startedAt));
  const reservations_watermark = asOf && nextWatermark(watermark, newest, asOf);
  if (whole && reservations_watermark)
    await run.stores.accountStates.update(run.accountId, { reservations_watermark });
  return count;
}

/** @param horizon the moment from which changes are read; null: all reservations */
async function readReservations(run: Run, horizon: Date | null): Promise<FollowedFeed> {
  return await followFeed<Reservation>(run, {
    type: "reservation",
    pages: run.source.reservations(run.signal),
    load: loadReservations,
    idOf: ({ reservation_id }) => reservation_id,
    isEnough(reservations) {
      if (run.lease === null) noteDryRun(run, reservations);
      return horizon !== null && liesBehind(horizon, reservations);
    },
  });
}

export function loadReservations(
  items: readonly unknown[],
  { stores, ledger, accountId }: Run,
): Promise<Loaded<Reservation>> {
  return loadPage({
    type: "reservation",
    schema: hostaway.ReservationRecord,
    store: stores.reservations,
    ledger,
    items,
    toDocuments: (records) => records.map((record) => () => toReservation(record, accountId)),
  });
}

function noteDryRun({ dryRunReservations }: Run, reservations: readonly Reservation[]): void {
  for (const { reservation_id, source_updated_at } of reservations)
    dryRunReservations.set(reservation_id, source_updated_at?.getTime() ?? 0);
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
