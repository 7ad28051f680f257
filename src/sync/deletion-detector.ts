import type { Run } from "./run.ts";
import type { ScanResult } from "./scan.ts";

/** Fewer than these are believed without a look at how many there are. */
const ALWAYS_BELIEVED = 5;
/** The share that may vanish at once. */
const MAX_SHARE_AT_ONCE = 0.01;
/** A conversation is missed only when this many complete scans in a row did not show it. */
const SCANS_BEFORE_DELETED = 2;

/**
 * What Hostaway does not show any more. Nothing is ever removed, only marked (P11), and not even that when
 * suspiciously much vanishes at once: that is more often a fault of the source than a deed of its owner.
 */
export interface DeletionDetector {
  /**
   * Messages that a complete reading of their conversation did not show. They are marked in the end, when
   * it is known how many there are; then `settle` is called, and only then.
   */
  messages(ids: readonly string[], settle: () => Promise<void>): Promise<void>;
  /** Marks the messages that were reported since the last time. */
  applyMessageDeletions(): Promise<void>;
  /** Marks the conversations that a scan, and the complete one before it, did not show. */
  applyConversationDeletions(scanned: ScanResult): Promise<void>;
}

interface Reported {
  readonly ids: readonly string[];
  readonly settle: () => Promise<void>;
}

export function createDeletionDetector(run: Run): DeletionDetector {
  const { stores, ledger, accountId, acceptDeletions } = run;
  let reported: Reported[] = [];
  let count = 0;
  let told = 0;
  let tooMany = false;
  const mostMessages = once(async () => limitOf(await stores.messages.count(accountId)));

  async function mark({ ids, settle }: Reported): Promise<void> {
    ledger.observe("deletedMessages", await stores.messages.markDeleted(ids));
    await settle();
  }

  async function markConversation(id: string): Promise<void> {
    const states = stores.conversationStates;
    // First, so that it is read anew if it ever comes back, whatever happens in between.
    await states.update(id, { fingerprint: null });
    ledger.observe("deletedMessages", await stores.conversations.markDeleted(id));
    await states.update(id, { deleted_at: run.clock.now() });
    ledger.observe("deletedConversations");
  }

  return {
    async messages(ids, settle) {
      if (acceptDeletions) return await mark({ ids, settle });
      count += ids.length;
      if (tooMany) return;
      reported.push({ ids, settle });
      if (count <= ALWAYS_BELIEVED || count <= (await mostMessages())) return;
      tooMany = true;
      reported = [];
    },
    async applyMessageDeletions() {
      if (tooMany) ledger.observe("heldBackMessages", count - told);
      told = count;
      for (const one of reported.splice(0)) await mark(one);
    },
    async applyConversationDeletions(scanned) {
      if (!scanned.complete) return;
      const most = acceptDeletions
        ? Number.POSITIVE_INFINITY
        : limitOf(await stores.conversationStates.count(accountId));
      const missed: string[] = [];
      let missing = 0;
      for await (const states of stores.conversationStates.all(accountId)) {
        for (const { _id, scans_missed } of states) {
          if (scanned.ids.has(Number(_id))) continue;
          await stores.conversationStates.update(_id, { scans_missed: scans_missed + 1 });
          await forgetLetters(_id, run);
          if (scans_missed + 1 < SCANS_BEFORE_DELETED) continue;
          missing += 1;
          if (missed.length <= most) missed.push(_id);
        }
      }
      if (missing > most) ledger.observe("heldBackConversations", missing);
      else for (const id of missed) await markConversation(id);
    },
  };
}

/**
 * What Hostaway does not show cannot be tried, and the copy does not lack it. If it ever comes back, nothing
 * keeps it from being read at once.
 */
export async function forgetLetters(
  id: string,
  { stores, conversationsWithDeadLetters }: Run,
): Promise<void> {
  if (!conversationsWithDeadLetters.has(id)) return;
  const state = (await stores.conversationStates.findMany([id])).get(id);
  if (state?.failed) await stores.conversationStates.update(id, { failed: null });
  await stores.deadLetters.resolveConversation(id, []);
}

function limitOf(stored: number): number {
  return Math.max(ALWAYS_BELIEVED, stored * MAX_SHARE_AT_ONCE);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
