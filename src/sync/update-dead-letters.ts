import type { FailedItem } from "../domain/dead-letter.ts";
import type { ListedType } from "../domain/failure.ts";
import type { Run } from "./run.ts";

/** Hostaway's time; before its first answer, when the run began. */
export function hostawayNow({ source, startedAt }: Pick<Run, "source" | "startedAt">): Date {
  return source.now() ?? startedAt;
}

/** Writes down failed items as dead letters. Returns when the first of them is tried again; null when there is none. */
export async function recordDeadLetters(run: Run, failed: readonly FailedItem[]): Promise<Date | null> {
  if (failed.length === 0) return null;
  return await run.stores.deadLetters.record(run.accountId, failed, hostawayNow(run));
}

/** A conversation was read to its end: its dead letters are resolved, except for the items that failed again. */
export async function resolveDeadLetters(
  { stores, conversationsWithDeadLetters }: Run,
  conversationId: string,
  failedAgain: readonly FailedItem[],
): Promise<void> {
  if (!conversationsWithDeadLetters.has(conversationId)) return;
  const except = failedAgain.map(({ failure }) => failure.failure_id ?? "");
  await stores.deadLetters.resolveConversation(conversationId, except);
}

/**
 * A conversation that Hostaway does not have cannot be tried, and the copy does not lack it. If it ever comes back,
 * nothing keeps it from being read at once.
 */
export async function dropDeadLetters(run: Run, conversationId: string): Promise<void> {
  if (!run.conversationsWithDeadLetters.has(conversationId)) return;
  const { conversationStates } = run.stores;
  const state = (await conversationStates.findMany([conversationId])).get(conversationId);
  if (state?.failed) await conversationStates.update(conversationId, { failed: null });
  await resolveDeadLetters(run, conversationId, []);
}

interface ListPageOutcome {
  /** The ids of the dead letters that are open for this type. */
  readonly open: ReadonlySet<string>;
  /** Hostaway's ids. */
  readonly stored: readonly string[];
  readonly failed: readonly FailedItem[];
}

/** Listings and reservations: failures are recorded, and the dead letters of stored items resolved. */
export async function updateListDeadLetters(
  run: Run,
  type: ListedType,
  { open, stored, failed }: ListPageOutcome,
): Promise<void> {
  const failedAgain = new Set(failed.map(({ failure }) => failure.failure_id));
  const healed = stored.map((id) => `${type}:${id}`).filter((id) => open.has(id) && !failedAgain.has(id));
  if (healed.length > 0) await run.stores.deadLetters.resolve(healed);
  await recordDeadLetters(run, failed);
}
