import type { Reservation } from "../domain/reservation.ts";
import * as hostaway from "../hostaway/schemas.ts";
import { decode, rawId } from "../transform/decode.ts";
import { type ListingFacts, type Thread, toThread } from "../transform/thread.ts";
import { toReservation } from "../transform/to-reservation.ts";
import { loadDocuments, undecodable } from "./load-page.ts";
import type { Run } from "./run.ts";

/**
 * The conversations of the account, one by one, each with its reservation and listing looked up. A list
 * that breaks off ends the run: nobody knows what stood on the pages that did not come.
 */
export async function* threads(
  run: Run,
  listings: ReadonlyMap<string, ListingFacts>,
): AsyncGenerator<Thread> {
  const { accountId, startedAt: retrievedAt } = run;
  const listing = (id: string | null) => (id === null ? null : (listings.get(id) ?? null));
  try {
    for await (const page of run.source.conversations(run.signal)) {
      run.total = page.count;
      const listed = decodeConversations(run, page.items);
      const reservations = await reservationsOf(run, listed);
      for (const { record } of listed) {
        if (run.signal.aborted) return;
        const reservation = reservations.get(record.reservationId ?? "") ?? null;
        yield toThread({ accountId, record, reservation, listing, retrievedAt });
      }
    }
  } catch (error) {
    run.end(error);
  }
}

/** A conversation of the list, and the reservation inside it as far as that can be read. */
interface Listed {
  readonly record: hostaway.Conversation;
  readonly snapshot: hostaway.Reservation | null;
}

/** Takes what is needed and lets go of the rest: a raw page weighs several megabytes. */
function decodeConversations(run: Run, items: readonly unknown[]): Listed[] {
  return items.flatMap((raw) => {
    const decoded = decode(hostaway.Conversation, raw);
    if (decoded.ok) {
      const { Reservation: inside, ...record } = decoded.value;
      const snapshot = decode(hostaway.Reservation, inside);
      return [{ record, snapshot: snapshot.ok ? snapshot.value : null }];
    }
    run.ledger.fail("conversation", undecodable({ type: "conversation" }, rawId(raw), decoded.error));
    return [];
  });
}

/**
 * The reservations of a page of conversations. Normally all were stored a moment ago; one that was booked
 * or changed since then is taken from the snapshot inside its conversation, and stored.
 */
async function reservationsOf(
  run: Run,
  listed: readonly Listed[],
): Promise<ReadonlyMap<string, Reservation>> {
  const ids = listed.flatMap(({ record }) => record.reservationId ?? []);
  const known = new Map(await run.stores.reservations.findMany(ids));
  const newer = listed
    .flatMap(({ snapshot }) => (snapshot ? [withLocale(snapshot, known)] : []))
    .map((record) => toReservation(record, run.accountId))
    .filter((seen) => isNewer(seen, known.get(seen.reservation_id)));
  const target = { type: "reservation", store: run.stores.reservations, ledger: run.ledger } as const;
  if (newer.length > 0) await loadDocuments(target, newer);
  for (const reservation of newer) known.set(reservation.reservation_id, reservation);
  return known;
}

/** The snapshot lacks the guest's locale (recorded: null in all of 100, filled in the list); what is known stays. */
function withLocale(
  snapshot: hostaway.Reservation,
  known: ReadonlyMap<string, Reservation>,
): hostaway.Reservation {
  return { ...snapshot, guestLocale: snapshot.guestLocale ?? known.get(snapshot.id)?.guest.locale ?? null };
}

function isNewer(seen: Reservation, stored: Reservation | undefined): boolean {
  if (!stored) return true;
  return (seen.source_updated_at?.getTime() ?? 0) > (stored.source_updated_at?.getTime() ?? 0);
}
