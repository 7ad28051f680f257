import { beyondNextTry, type FailedItem } from "../domain/dead-letter.ts";
import { itemFailure } from "../domain/failure.ts";
import type { ConversationState } from "../domain/sync-state.ts";
import { DAY_MS } from "../domain/time.ts";
import type { AccountStates, Stores } from "./ports.ts";

/**
 * The conversations that are being read, written down before their reading begins. A process that crashes or is killed
 * leaves no reason; the next run finds here the work it was at.
 */
export interface InFlight {
  /**
   * Resolves when the list names this conversation; call the result when its reading is over.
   *
   * @param alone no other conversation is read meanwhile, so that a crash can be blamed on this one
   */
  begin(id: string, alone: boolean): Promise<() => void>;
  /** Empties the list: the process is about to end, and no conversation is to blame. */
  absolve(): Promise<void>;
}

/** @param write makes the list durable */
export function createInFlight(write: (ids: readonly string[]) => Promise<void>): InFlight {
  const ids = new Set<string>();
  const turns = createTurns();
  let absolved = false;
  let isWritten = false;
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  /** Readings that begin while a write is under way share the next one. */
  function persist(): Promise<void> {
    next ??= writing
      .catch(() => undefined)
      .then(() => {
        next = null;
        writing = write(absolved ? [] : [...ids]);
        return writing;
      });
    return next;
  }

  return {
    async begin(id, alone) {
      const leave = await turns.take(alone);
      ids.add(id);
      const end = () => {
        ids.delete(id);
        leave();
      };
      if (absolved) return end;
      try {
        isWritten = true;
        await persist();
        return end;
      } catch (error) {
        end();
        throw error;
      }
    },
    async absolve() {
      absolved = true;
      if (isWritten) await persist();
    },
  };
}

interface Turn {
  readonly alone: boolean;
  readonly begin: () => void;
}

/** Grants many turns at a time, or one alone, in the order of asking. */
function createTurns(): { take(alone: boolean): Promise<() => void> } {
  const waiting: Turn[] = [];
  let active = 0;
  let isAlone = false;

  function admit(): void {
    for (let turn = waiting[0]; turn; turn = waiting[0]) {
      if (isAlone || (turn.alone && active > 0)) return;
      waiting.shift();
      active += 1;
      isAlone = turn.alone;
      turn.begin();
    }
  }

  const leave = () => {
    active -= 1;
    isAlone = false;
    admit();
  };

  return {
    take: (alone) =>
      new Promise((resolve) => {
        let left = false;
        const leaveOnce = () => {
          if (!left) leave();
          left = true;
        };
        waiting.push({ alone, begin: () => resolve(leaveOnce) });
        admit();
      }),
  };
}

/** A conversation that was in flight at this many crashes in a row, without progress in between, is set aside. */
const CRASHES_TO_BLAME = 2;
/** A conversation that came further each time is only long; but not for ever. */
const CRASHES_AT_MOST = 5;

/** Whether the process died when this conversation was read last. It is read alone, and after all others. */
export function isSuspect(state: Pick<ConversationState, "crashes"> | null): boolean {
  return (state?.crashes?.count ?? 0) > 0;
}

/** Whether reading it would only crash the process again. It is tried when it is due, or requested by its id. */
export function isSetAside(state: Pick<ConversationState, "crashes"> | null, now: Date): boolean {
  const crashes = state?.crashes;
  if (!crashes?.is_blamed) return false;
  return crashes.retry_at > now && crashes.retry_at <= beyondNextTry(now);
}

/** The longest rest there is: each try may crash a whole run. */
const REST_MS = 7 * DAY_MS;

/**
 * Finds the conversations that the previous run was reading when its process died. Each becomes a suspect; a
 * conversation that was a suspect before is set aside. Returns the dead letters of conversations set aside just now.
 */
export async function findCulprits(
  { accountStates, conversationStates, deadLetters }: Stores,
  accountId: string,
  now: Date,
): Promise<FailedItem[]> {
  const { in_flight } = await accountStates.read(accountId);
  if (!in_flight || in_flight.ids.length === 0) return [];
  const states = await conversationStates.findMany(in_flight.ids);
  const culprits: FailedItem[] = [];
  const retry_at = new Date(now.getTime() + REST_MS);
  for (const [id, state] of states) {
    const crashes = crashesAfter(state, in_flight.run_id, retry_at);
    if (crashes.is_blamed) culprits.push(culprit(id, crashes.count, retry_at));
    await conversationStates.update(id, { crashes });
  }
  if (culprits.length > 0) await deadLetters.record(accountId, culprits, now);
  await accountStates.update(accountId, { in_flight: null });
  return culprits;
}

type Crashes = NonNullable<ConversationState["crashes"]>;

function crashesAfter({ crashes, resume }: ConversationState, run_id: string, retry_at: Date): Crashes {
  // This process may die between any two of these writes as well: no crash counts twice.
  if (crashes?.run_id === run_id) return crashes;
  const at = resume?.id ?? null;
  const count = (crashes?.count ?? 0) + 1;
  const stood = crashes?.at === at;
  const is_blamed = (count >= CRASHES_TO_BLAME && stood) || count >= CRASHES_AT_MOST;
  return { count, run_id, at, is_blamed, retry_at };
}

function culprit(id: string, count: number, notBefore: Date): FailedItem {
  const failure = itemFailure(
    { item_type: "conversation", item_id: id, conversation_id: id },
    {
      stage: "transform",
      error_type: "unexpected",
      message: `the process ended ${count} times in a row while this conversation was read: set aside`,
    },
  );
  return { failure, raw: null, notBefore };
}

/** The list of an account, in its state. */
export function inFlightOf(accountStates: AccountStates, accountId: string, runId: string): InFlight {
  return createInFlight((ids) =>
    accountStates.update(accountId, { in_flight: ids.length > 0 ? { run_id: runId, ids: [...ids] } : null }),
  );
}
