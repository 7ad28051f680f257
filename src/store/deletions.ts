import type { Collection, Document } from "mongodb";
import type { Stored } from "./document-store.ts";
import type { WriteContext } from "./write-context.ts";

/** What is not marked as deleted; `null` also matches where the field is absent. */
export const PRESENT = { deleted_at: null } as const;

/**
 * Marks what is not marked yet, and returns how many that were. Nothing is ever removed (P11). A process
 * that slept between its look at the lease and its write takes back what it did when it wakes up: whoever
 * has the lease by then knows better what is there.
 */
export async function markDeleted(
  collection: Collection<Stored>,
  which: Document,
  { clock, fence, dryRun }: WriteContext,
): Promise<number> {
  const filter: Document = { ...which, ...PRESENT };
  if (dryRun) return await collection.countDocuments(filter);
  await fence.check();
  const now = clock.now();
  const { modifiedCount } = await collection.updateMany(filter, {
    $set: { deleted_at: now, updated_at: now } as Partial<Stored>,
  });
  try {
    await fence.check();
  } catch (error) {
    await collection.updateMany({ ...which, deleted_at: now } as Document, { $unset: { deleted_at: true } });
    throw error;
  }
  return modifiedCount;
}
