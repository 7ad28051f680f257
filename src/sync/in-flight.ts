import { beyondNextTry, type FailedItem } from "../domain/dead-letter.ts";
import { itemFailure } from "../domain/failure.ts";
import type { ConversationState } from "../domain/sync-state.ts";
import { DAY_MS } from "../domain/time.ts";
import type { AccountStates, Stores } from "./ports.ts";

/**
 * Which conversations are being read, written down before their reading begins. A process that dies, by a crash or
 * because the system takes it away, says nothing of why; the next run finds here what it was at.
 */
export interface InFlight {
  /**
   * Resolves when it is written down that this conversation is being read; call the result when that is over.
   *
   * @param alone nothing else is read meanwhile, so that there is no doubt what was to blame
   */
  begin(id: string, alone: boolean): Promise<() => void>;
  /** The process is about to end for a reason that no conversation is to blame for. */
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

  /** Those that begin while a write is under handover share the next one. */
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

/** Many at a time, or one alone; in the order of asking. */
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

/** In flight at this many ends in a row and no further between them, the last time alone: it is to blame, and set aside. */
const CRASHES_TO_BLAME = 2;
/** One that came further each time was only long, and somebody impatient; but not for ever. */
const CRASHES_AT_MOST = 5;

/** Whether the process died when this conversation was read last. It is read alone, and after all others. */
export function isSuspect(state: Pick<ConversationState, "crashes"> | null): boolean {
  return (state?.crashes?.count ?? 0) > 0;
}

/** Whether reading it would only end the process once more; until it is due, or somebody asks for it by its id. */
export function isSetAside(state: Pick<ConversationState, "crashes"> | null, now: Date): boolean {
  const crashes = state?.crashes;
  if (!crashes?.is_blamed) return false;
  return crashes.retry_at > now && crashes.retry_at <= beyondNextTry(now);
}

/** The longest that anything rests: each try may cost a whole run its end. */
const REST_MS = 7 * DAY_MS;

/**
 * Finds out what the run before was at when its process died. Each of those conversations becomes a suspect; one that
 * was a suspect before is set aside. Returns what was set aside just now.
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
  // This process, too, may die between any two of these writes: no death counts twice.
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
