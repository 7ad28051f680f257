import { beyondNextTry, type FailedItem } from "../domain/dead-letter.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { ConversationState } from "../domain/sync-state.ts";
import { contextHashOf } from "../transform/context-hash.ts";
import { decode } from "../transform/decode.ts";
import { fingerprintOf } from "../transform/fingerprint.ts";
import * as hostaway from "../transform/records.ts";
import { type Thread, type ThreadListing, toThread } from "../transform/thread.ts";
import { toReservation } from "../transform/to-reservation.ts";
import { attempt, loadDocuments, undecodable, untransformable } from "./load-page.ts";
import type { SweepCut } from "./ports.ts";
import type { Run } from "./run.ts";
import { recordDeadLetters } from "./update-dead-letters.ts";

/**
 * Work on one conversation: its messages are read from Hostaway because its fingerprint `changed` or because it is
 * `swept`, or its stored documents are `refreshed`.
 */
export interface Task {
  readonly reason: "changed" | "swept" | "refreshed";
  readonly thread: Thread;
  /** As the list showed it, before its messages were read. */
  readonly fingerprint: string;
  readonly contextHash: string;
  /** Null when it is new to the copy. */
  readonly state: ConversationState | null;
}

/** The decisions of a scan. */
export interface ScanPlan {
  readonly listings: ReadonlyMap<string, ThreadListing>;
  /** Hostaway's time when the run began. */
  readonly asOf: Date;
  /** Null: nothing to do for this conversation. */
  readonly decide: (candidate: Candidate) => Task["reason"] | null;
  /** Stops the walk early. */
  readonly shouldStop?: () => boolean;
}

/** A conversation of the list with its stored state. */
export interface Candidate extends Pick<Task, "state" | "fingerprint" | "contextHash"> {
  readonly record: hostaway.ConversationRecord;
  readonly reservation: Reservation | null;
}

/** Filled in while the scan goes on. */
export interface ScanResult {
  readonly ids: Set<number>;
  /** Whether every conversation has been seen and recognised: only then may missing ones count as deleted. */
  complete: boolean;
}

/**
 * Walks the list of conversations, compares the fingerprint and the context of each with its stored state, and yields
 * the work. A list that breaks off ends the run: the missing pages could hold anything.
 */
export async function* scan(run: Run, plan: ScanPlan, scanned: ScanResult): AsyncGenerator<Task> {
  const { stores, accountId, ledger } = run;
  const listing = (id: string | null) => (id === null ? null : (plan.listings.get(id) ?? null));
  let recognised = true;
  try {
    for await (const page of run.source.conversations(run.signal)) {
      run.progress.total = page.count;
      const { listed, failed } = decodeConversations(page.items);
      recognised &&= failed.length === 0;
      await recordUnrecognised(run, failed);
      const ids = listed.map(({ record }) => record.id);
      const states = await stores.conversationStates.findMany(ids);
      await stores.conversationStates.ensureExist(
        accountId,
        ids.filter((id) => !states.has(id)),
      );
      const reservations = await reservationsOf(run, listed);
      for (const { record, fingerprint } of listed) {
        if (run.signal.aborted || plan.shouldStop?.()) return;
        const state = states.get(record.id) ?? null;
        if (!scanned.ids.has(Number(record.id))) ledger.observe("scanned");
        scanned.ids.add(Number(record.id));
        ledger.observe("messagePages", Math.max(1, state?.message_pages ?? 1));
        if (state && state.scans_missed > 0)
          await stores.conversationStates.update(record.id, { scans_missed: 0 });
        const reservation = reservations.get(record.reservationId ?? "") ?? null;
        const made = attempt(() => {
          const thread = toThread({ accountId, record, reservation, listing, retrievedAt: plan.asOf });
          return { thread, contextHash: contextHashOf(thread) };
        });
        if (!made.ok) {
          await recordUnrecognised(run, [untransformable({ type: "conversation" }, record, made.error)]);
          continue;
        }
        const { thread, contextHash } = made.value;
        const reason = plan.decide({ state, fingerprint, contextHash, record, reservation });
        if (reason) yield { reason, thread, fingerprint, contextHash, state };
        else run.progress.done += 1;
      }
    }
    scanned.complete = recognised;
    if (recognised) await stores.deadLetters.resolveNameless(accountId, "conversation");
  } catch (error) {
    run.end(error);
  }
}

/** The decision of a nightly run. */
export function decideNightly(
  { state, fingerprint, contextHash }: Candidate,
  { cut, asOf }: { readonly cut: SweepCut | "all" | null; readonly asOf: Date },
): Task["reason"] | null {
  const refreshed = state?.context_hash === contextHash ? null : "refreshed";
  if (state === null) return "changed";
  if (state.fingerprint !== fingerprint)
    return isResting(state, fingerprint, asOf, cut) ? refreshed : "changed";
  const wasDue = state.next_scheduled_at !== null && state.next_scheduled_at <= asOf;
  if (wasDue || isWithin(cut, state)) return "swept";
  return refreshed;
}

/** A conversation that could not be read, and has not changed since, rests until it is due. */
function isResting(
  { failed }: ConversationState,
  fingerprint: string,
  asOf: Date,
  cut: SweepCut | "all" | null,
): boolean {
  if (failed?.fingerprint !== fingerprint || cut === "all") return false;
  return failed.retry_at > asOf && failed.retry_at <= beyondNextTry(asOf);
}

function isWithin(cut: SweepCut | "all" | null, { _id, last_read_at }: ConversationState): boolean {
  if (cut === "all" || cut === null) return cut === "all";
  const difference = (last_read_at?.getTime() ?? 0) - (cut.last_read_at?.getTime() ?? 0);
  return difference < 0 || (difference === 0 && _id <= cut._id);
}

/** A decoded row of the list, with the reservation inside it where that can be decoded. */
export interface ListRow {
  readonly record: hostaway.ConversationRecord;
  readonly snapshot: hostaway.ReservationRecord | null;
  readonly fingerprint: string;
}

/** Keeps the needed fields and drops the rest: a raw page weighs several megabytes. */
function decodeConversations(items: readonly unknown[]): { listed: ListRow[]; failed: FailedItem[] } {
  const listed: ListRow[] = [];
  const failed: FailedItem[] = [];
  for (const raw of items) {
    const decoded = decode(hostaway.ConversationRecord, raw);
    if (decoded.ok) listed.push(toListRow(raw, decoded.value));
    else failed.push(undecodable({ type: "conversation" }, raw, decoded.error));
  }
  return { listed, failed };
}

export function toListRow(
  raw: unknown,
  { Reservation: inside, ...record }: hostaway.ConversationRecord,
): ListRow {
  const snapshot = decode(hostaway.ReservationRecord, inside);
  return { record, snapshot: snapshot.ok ? snapshot.value : null, fingerprint: fingerprintOf(raw) };
}

async function recordUnrecognised(run: Run, failed: readonly FailedItem[]): Promise<void> {
  for (const { failure } of failed) run.ledger.fail("conversation", failure);
  run.progress.done += failed.length;
  await recordDeadLetters(run, failed);
}

/**
 * The reservations of a page of conversations. Normally all were stored a moment ago; a reservation that was made or
 * changed since then is taken from the snapshot inside its conversation, and stored.
 */
export async function reservationsOf(
  run: Run,
  listed: readonly ListRow[],
): Promise<ReadonlyMap<string, Reservation>> {
  const ids = listed.flatMap(({ record }) => record.reservationId ?? []);
  const known = new Map(await run.stores.reservations.findMany(ids));
  const newer = listed
    .flatMap(({ snapshot }) => (snapshot ? [withLocale(snapshot, known)] : []))
    .flatMap((record) => {
      const made = attempt(() => toReservation(record, run.accountId));
      return made.ok ? [made.value] : [];
    })
    .filter((seen) => isNewer(seen, known.get(seen.reservation_id)));
  const target = { type: "reservation", store: run.stores.reservations, ledger: run.ledger } as const;
  const notYetCounted = newer.filter((seen) =>
    isNewerThan(run.dryRunReservations.get(seen.reservation_id), seen),
  );
  if (notYetCounted.length > 0) await loadDocuments(target, notYetCounted);
  for (const reservation of newer) known.set(reservation.reservation_id, reservation);
  return known;
}

/** The snapshot lacks the guest's locale (recorded: null in all of 100, filled in the list); the known one stays. */
function withLocale(
  snapshot: hostaway.ReservationRecord,
  known: ReadonlyMap<string, Reservation>,
): hostaway.ReservationRecord {
  return { ...snapshot, guestLocale: snapshot.guestLocale ?? known.get(snapshot.id)?.guest.locale ?? null };
}

function isNewer(seen: Reservation, stored: Reservation | undefined): boolean {
  return isNewerThan(stored && (stored.source_updated_at?.getTime() ?? 0), seen);
}

function isNewerThan(updatedAtMs: number | undefined, { source_updated_at }: Reservation): boolean {
  return updatedAtMs === undefined || (source_updated_at?.getTime() ?? 0) > updatedAtMs;
}

/**
 * Whether the previous run may still write this conversation: it was in the middle of it, and may sleep instead of
 * being dead. It could overwrite documents that this run finds unchanged and leaves alone; therefore the conversation
 * is not marked as done, and the next run looks at it once more.
 */
export function previousRunMayStillWrite({ state }: Pick<Task, "state">, { lease }: Run): boolean {
  if (!lease?.recovered || state === null) return false;
  const wasBegun = state.last_read_at !== null || state.resume !== null;
  return wasBegun && (state.fingerprint === null || state.context_hash === null);
}
