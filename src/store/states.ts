import { type AnyBulkWriteOperation, type Collection, type Db, MongoServerError } from "mongodb";
import { ItemError } from "../domain/failure.ts";
import type { AccountState, ConversationState } from "../domain/sync-state.ts";
import type { AccountStates, ConversationStates, StateChange, Watermarks } from "../sync/ports.ts";
import { writeEach } from "./bulk-write.ts";
import { ACCOUNT_STATES, CONVERSATION_STATES } from "./collections.ts";
import { DUPLICATE_KEY, storageOperation } from "./errors.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { WriteContext } from "./write-context.ts";

const CHANGES_PER_BATCH = 1_000;
const IDS_AT_ONCE = 2_000;

const NOTHING_KNOWN: Omit<ConversationState, "_id" | "account_id" | "fence"> = {
  fingerprint: null,
  context_hash: null,
  last_read_at: null,
  next_scheduled_at: null,
  message_pages: 1,
  resume: null,
  failed: null,
  backfill: null,
  scans_missed: 0,
  deleted_at: null,
};

/** State is fenced by its own documents: an older lease cannot overwrite a newer one's state. */
function overtaken(): ItemError {
  return new ItemError("interrupted", "the lease was lost: a newer run has written since", { endsRun: true });
}

export function createConversationStates(db: Db, { fence, dryRun }: WriteContext): ConversationStates {
  const { name } = CONVERSATION_STATES;
  const states = db.collection<ConversationState>(name);
  const reading = storageOperation(`reading ${name}`);
  const writing = storageOperation(`writing to ${name}`);
  const commit = createGroupCommit<Changed, undefined>(
    (changes) => writing(() => writeChanges(states, changes, fence.token)),
    CHANGES_PER_BATCH,
  );
  const present = (accountId: string) => ({ account_id: accountId, deleted_at: null });

  return {
    findMany: (ids) =>
      reading(async () => {
        const found = await states.find({ _id: { $in: [...ids] } }, { batchSize: ids.length + 1 }).toArray();
        return new Map(found.map((state) => [state._id, state]));
      }),
    async ensureExist(accountId, ids) {
      if (dryRun || ids.length === 0) return;
      await fence.check();
      const documents = ids.map((_id) => ({
        _id,
        account_id: accountId,
        ...NOTHING_KNOWN,
        fence: fence.token,
      }));
      const inserts = documents.map((document) => ({ insertOne: { document } }));
      const { outcomes } = await writing(() => writeEach(states, inserts));
      const refused = outcomes.find((outcome) => !outcome.done && outcome.code !== DUPLICATE_KEY);
      if (refused && !refused.done)
        throw new ItemError("storage_error", `writing to ${name}: ${refused.reason}`);
    },
    async update(id, change) {
      if (!dryRun) await commit([{ id, change }]);
    },
    count: (accountId) => reading(() => states.countDocuments(present(accountId))),
    countBackfilled: (accountId, backfill) =>
      reading(() => states.countDocuments({ ...present(accountId), backfill })),
    countPages: (accountId) =>
      reading(async () => {
        const sum = { $group: { _id: null, pages: { $sum: "$message_pages" } } };
        const [found] = await states
          .aggregate<{ pages: number }>([{ $match: present(accountId) }, sum])
          .toArray();
        return Number(found?.pages ?? 0);
      }),
    sweepCut: (accountId, quota) =>
      reading(async () => {
        const [cut] = await states
          .find({ ...present(accountId), fingerprint: { $ne: null } }, { projection: { last_read_at: 1 } })
          .sort({ last_read_at: 1, _id: 1 })
          .skip(quota - 1)
          .limit(1)
          .toArray();
        return cut ?? null;
      }),
    async *all(accountId) {
      const projection = { scans_missed: 1 };
      let after = "";
      for (;;) {
        const batch = await reading(() =>
          states
            .find({ ...present(accountId), _id: { $gt: after } }, { projection })
            .sort({ _id: 1 })
            .limit(IDS_AT_ONCE)
            .toArray(),
        );
        yield batch;
        const last = batch.at(-1);
        if (!last || batch.length < IDS_AT_ONCE) return;
        after = last._id;
      }
    },
  };
}

interface Changed {
  readonly id: string;
  readonly change: StateChange;
}

async function writeChanges(
  states: Collection<ConversationState>,
  changes: readonly Changed[],
  token: number,
): Promise<undefined[]> {
  const operations: AnyBulkWriteOperation<ConversationState>[] = changes.map(({ id, change }) => ({
    updateOne: { filter: { _id: id, fence: { $lte: token } }, update: { $set: { ...change, fence: token } } },
  }));
  // In order: two changes of one conversation may be in one batch.
  const { matchedCount } = await states.bulkWrite(operations);
  if (matchedCount < changes.length) throw overtaken();
  return changes.map(() => undefined);
}

export function createAccountStates(db: Db, { fence, dryRun }: WriteContext): AccountStates {
  const { name } = ACCOUNT_STATES;
  const accounts = db.collection<AccountState>(name);
  const reading = storageOperation(`reading ${name}`);
  const writing = storageOperation(`writing to ${name}`);
  const nothing: Watermarks = {
    reservations_watermark: null,
    listings_watermark: null,
    listings_read_at: null,
    backfill: null,
    in_flight: null,
  };
  return {
    read: (accountId) => reading(async () => (await accounts.findOne({ _id: accountId })) ?? nothing),
    async update(accountId, change) {
      if (dryRun) return;
      const fields = { ...change, fence: fence.token };
      await writing(async () => {
        const filter = { _id: accountId, fence: { $lte: fence.token } };
        const { matchedCount } = await accounts.updateOne(filter, { $set: fields });
        if (matchedCount === 1) return;
        if (await accounts.findOne({ _id: accountId })) throw overtaken();
        try {
          await accounts.insertOne({ _id: accountId, ...nothing, ...fields });
        } catch (error) {
          throw error instanceof MongoServerError && error.code === DUPLICATE_KEY ? overtaken() : error;
        }
      });
    },
  };
}
