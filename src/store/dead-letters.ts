import type { Collection, Db, Filter } from "mongodb";
import { beyondNextTry, type DeadLetter, nextTryAt } from "../domain/dead-letter.ts";
import { ItemError } from "../domain/failure.ts";
import type { DeadLetters, LetterFilter } from "../sync/ports.ts";
import { writeEach } from "./bulk-write.ts";
import { FAILURES } from "./collections.ts";
import { storageOperation } from "./errors.ts";
import type { WriteContext } from "./write-context.ts";

/** More dead letters are too many for a person to look at, and for one run to try. */
const MOST_LETTERS = 10_000;

export function createDeadLetters(db: Db, { clock, fence, dryRun, runId }: WriteContext): DeadLetters {
  const { name } = FAILURES;
  const letters = db.collection<DeadLetter>(name);
  const writing = storageOperation(`writing to ${name}`);

  async function resolve(which: Filter<DeadLetter>): Promise<number> {
    const open = { ...which, resolved_at: null };
    if (dryRun) return await letters.countDocuments(open);
    await fence.check();
    const { modifiedCount } = await letters.updateMany(open, { $set: { resolved_at: clock.now() } });
    return modifiedCount;
  }

  /**
   * A letter is always written: where the record in it cannot be kept, without the record. One that is refused even
   * so is a fault of this program.
   */
  async function write(written: readonly DeadLetter[]): Promise<void> {
    const refused = await refusedOf(letters, written);
    const bare = refused.map(({ letter, reason }) => ({
      ...letter,
      message: `${letter.message} (the record was not kept: ${reason})`,
      raw: null,
    }));
    const [lost] = await refusedOf(letters, bare);
    if (lost) throw new ItemError("storage_error", `writing to ${name}: ${lost.reason}`);
  }

  return {
    ...createDeadLetterReader(db),
    record: (accountId, failed, now) =>
      writing(async () => {
        const named = failed.filter(
          ({ failure }) => failure.failure_id !== null && failure.item_type !== "run",
        );
        const ids = named.map(({ failure }) => failure.failure_id ?? "");
        const held = await letters.find({ _id: { $in: ids } }).toArray();
        const open = new Map(held.filter((one) => one.resolved_at === null).map((one) => [one._id, one]));
        const written = named.map(({ failure, raw, notBefore = now }) => {
          const { failure_id, item_type, attempts: _, remedy: _remedy, ...rest } = failure;
          const before = open.get(failure_id ?? "");
          const attempts = (before?.attempts ?? 0) + (before?.run_id === runId ? 0 : 1);
          return {
            _id: failure_id ?? "",
            account_id: accountId,
            item_type: item_type as DeadLetter["item_type"],
            ...rest,
            attempts,
            first_failed_at: before?.first_failed_at ?? clock.now(),
            last_failed_at: clock.now(),
            next_try_at: notBefore > now ? notBefore : nextTryAt(attempts, now),
            run_id: runId,
            raw: raw ?? before?.raw ?? null,
            resolved_at: null,
          };
        });
        if (!dryRun && written.length > 0) {
          await fence.check();
          await write(written);
        }
        return new Date(Math.min(...written.map(({ next_try_at }) => next_try_at.getTime())));
      }),
    resolve: (ids) => writing(() => resolve({ _id: { $in: [...ids] } })),
    resolveConversation: (conversationId, except) =>
      writing(() => resolve({ conversation_id: conversationId, _id: { $nin: [...except] } })),
    resolveNameless: (accountId, type) =>
      writing(() =>
        resolve({ account_id: accountId, item_type: type, item_id: null, conversation_id: null }),
      ),
  };
}

/** What is open, without the right to write. */
export function createDeadLetterReader(db: Db): Pick<DeadLetters, "open" | "count" | "conversations"> {
  const { name } = FAILURES;
  const letters = db.collection<DeadLetter>(name);
  const reading = storageOperation(`reading ${name}`);
  return {
    open: (accountId, filter) =>
      reading(() =>
        letters
          .find({ account_id: accountId, resolved_at: null, ...toQuery(filter) })
          .sort({ last_failed_at: -1 })
          .limit(MOST_LETTERS)
          .toArray(),
      ),
    count: (accountId) => reading(() => letters.countDocuments({ account_id: accountId, resolved_at: null })),
    conversations: (accountId) =>
      reading(async () => {
        const which = { account_id: accountId, resolved_at: null };
        const found = await letters.find(which, { projection: { _id: 0, conversation_id: 1 } }).toArray();
        return new Set(found.flatMap(({ conversation_id }) => conversation_id ?? []));
      }),
  };
}

interface RefusedLetter {
  readonly letter: DeadLetter;
  readonly reason: string;
}

/** Writes letters, each for itself; returns those that the database would not take. */
async function refusedOf(
  letters: Collection<DeadLetter>,
  written: readonly DeadLetter[],
): Promise<RefusedLetter[]> {
  const last = [...new Map(written.map((letter) => [letter._id, letter])).values()];
  const operations = last.map((letter) => ({
    replaceOne: { filter: { _id: letter._id }, replacement: letter, upsert: true },
  }));
  const { outcomes } = await writeEach(letters, operations);
  return last.flatMap((letter, index) => {
    const outcome = outcomes[index];
    return outcome?.done === false ? [{ letter, reason: outcome.reason }] : [];
  });
}

function toQuery({ ids, types, dueAt }: LetterFilter): Filter<DeadLetter> {
  return {
    ...(ids && { _id: { $in: [...ids] } }),
    ...(types && { item_type: { $in: [...types] } }),
    ...(dueAt && {
      $or: [{ next_try_at: { $lte: dueAt } }, { next_try_at: { $gt: beyondNextTry(dueAt) } }],
    }),
  };
}
