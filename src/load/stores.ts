import type { Db } from "mongodb";
import type { Clock } from "../clock.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { RunReport } from "../domain/run-report.ts";
import type { Stores } from "../pipeline/ports.ts";
import { CONVERSATIONS, LISTINGS, MESSAGES, RESERVATIONS, RUNS } from "./collections.ts";
import { createDocumentStore } from "./document-store.ts";
import { toStorageError } from "./errors.ts";

/** The collections as a run sees them. */
export function createStores(db: Db, clock: Clock): Stores {
  const listings = db.collection(LISTINGS.name);
  const reservations = db.collection<Reservation>(RESERVATIONS.name);
  return {
    messages: createDocumentStore(db.collection(MESSAGES.name), "message_id", clock),
    conversations: createDocumentStore(db.collection(CONVERSATIONS.name), "conversation_id", clock),
    listings: {
      ...createDocumentStore(db.collection(LISTINGS.name), "listing_id", clock),
      facts: (accountId) =>
        reading(LISTINGS.name, async () => {
          const projection = { _id: 0, listing_id: 1, name: 1, timezone: 1 };
          const found = await listings.find({ account_id: accountId }, { projection }).toArray();
          return new Map(found.map(({ listing_id, name, timezone }) => [listing_id, { name, timezone }]));
        }),
    },
    reservations: {
      ...createDocumentStore(db.collection(RESERVATIONS.name), "reservation_id", clock),
      findMany: (ids) =>
        reading(RESERVATIONS.name, async () => {
          const found = await reservations.find({ reservation_id: { $in: [...ids] } }).toArray();
          return new Map(found.map((reservation) => [reservation.reservation_id, reservation]));
        }),
    },
    runs: {
      last: (accountId) =>
        reading(RUNS.name, async () => {
          const [last] = await db
            .collection<RunReport>(RUNS.name)
            .find({ account_id: accountId })
            .sort({ started_at: -1 })
            .limit(1)
            .toArray();
          return last ? { finishedAt: last.finished_at, calls: last.api.calls } : null;
        }),
      async save(report) {
        try {
          const { run_id } = report;
          await db.collection(RUNS.name).replaceOne({ run_id }, { ...report }, { upsert: true });
        } catch (error) {
          throw toStorageError(error, `writing to ${RUNS.name}`);
        }
      },
    },
  };
}

async function reading<T>(collection: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw toStorageError(error, `reading ${collection}`);
  }
}
