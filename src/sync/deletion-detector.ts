import type { Run } from "./run.ts";
import type { ScanResult } from "./scan.ts";
import { dropDeadLetters } from "./update-dead-letters.ts";

/** This number of deletions is believed whatever the size of the account. */
const ALWAYS_BELIEVED = 5;
/** The share of all items that may disappear at once. */
const MAX_SHARE_AT_ONCE = 0.01;
/** A conversation counts as deleted when this many complete scans in a row did not show it. */
const SCANS_BEFORE_DELETED = 2;

/**
 * Detects what was deleted in Hostaway. Deletions are soft (P11), and held back when suspiciously many items disappear
 * at once: a fault of the source is more likely then than a decision of the owner.
 */
export interface DeletionDetector {
  /**
   * Reports messages that a complete reading of their conversation did not show. They are soft-deleted at the end,
   * when their number is known; then `markAsRead` is called, and only then.
   */
  messages(ids: readonly string[], markAsRead: () => Promise<void>): Promise<void>;
  /** Soft-deletes the messages that were reported since the last call. */
  applyMessageDeletions(): Promise<void>;
  /** Soft-deletes the conversations that this scan and the complete one before it did not show. */
  applyConversationDeletions(scanned: ScanResult): Promise<void>;
}

interface Reported {
  readonly ids: readonly string[];
  readonly markAsRead: () => Promise<void>;
}

export function createDeletionDetector(run: Run): DeletionDetector {
  const { stores, ledger, accountId, acceptDeletions } = run;
  let reported: Reported[] = [];
  let count = 0;
  let told = 0;
  let tooMany = false;
  const mostMessages = once(async () => limitOf(await stores.messages.count(accountId)));

  async function mark({ ids, markAsRead }: Reported): Promise<void> {
    ledger.observe("deletedMessages", await stores.messages.markDeleted(ids));
    await markAsRead();
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
    async messages(ids, markAsRead) {
      if (acceptDeletions) return await mark({ ids, markAsRead });
      count += ids.length;
      if (tooMany) return;
      reported.push({ ids, markAsRead });
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
          await dropDeadLetters(run, _id);
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
