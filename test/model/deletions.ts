import { expect } from "@jest/globals";
import type { Db } from "mongodb";
import type { AccountObserver, Span } from "./account-observer.ts";
import { markedIds } from "./checks.ts";

/** P11: only what is gone is marked, and a conversation only when two scans missed it. */
export interface Deletions {
  /** A run was at work during this time. */
  ran(during: Span): void;
  /** A run has seen everything that there is. */
  shown(): void;
  /** What was marked since the last check must have been gone at some time since then. */
  check(): Promise<void>;
}

const SCANS = 2;

export function createDeletions(db: Db, observer: AccountObserver): Deletions {
  let span = observer.since();
  let marked = new Set<string>();
  const missed = new Map<string, number>();
  const everGone = () => observer.deletedConversations();

  return {
    ran(during) {
      for (const id of [...observer.conversations(), ...everGone()]) {
        if (during.wasAbsent(id)) missed.set(id, (missed.get(id) ?? 0) + 1);
      }
    },
    shown() {
      for (const id of observer.conversations()) missed.delete(id);
    },
    async check() {
      const conversations = await markedIds(db, "conversations");
      const all = [...conversations, ...(await markedIds(db, "messages"))];
      const fresh = all.filter((id) => !marked.has(id));
      expect(fresh.filter((id) => !span.wasAbsent(id))).toEqual([]);
      expect(conversations.filter((id) => !marked.has(id) && (missed.get(id) ?? 0) < SCANS)).toEqual([]);
      marked = new Set(all);
      span = observer.since();
    },
  };
}
