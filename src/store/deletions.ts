import type { Collection, Document } from "mongodb";
import type { Stored } from "./document-store.ts";
import type { WriteContext } from "./write-context.ts";

/** Documents that are not soft-deleted; `null` also matches an absent field. */
export const PRESENT = { deleted_at: null } as const;

/**
 * Soft-deletes documents, and returns how many were not deleted before. Nothing is ever removed (P11). A process that
 * slept between its look at the lease and its write undoes its marks when it wakes up: the new holder of the lease
 * knows better.
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
