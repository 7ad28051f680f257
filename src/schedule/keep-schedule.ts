import type { Clock } from "../clock.ts";
import type { Plan } from "./plan.ts";

/** The state of the scheduler, for monitoring. */
export interface Heartbeat {
  readonly at: Date;
  readonly next_run: Date;
  /** Null while it waits. */
  readonly running_since: Date | null;
}

export interface ScheduleEvents {
  /** The start of the last completed run; null before the first. Throws while the database is unavailable. */
  lastRun(): Promise<Date | null>;
  /** One run. Its errors are reported to `onError`; the schedule goes on. */
  run(): Promise<void>;
  beat(beat: Heartbeat): Promise<void>;
  onNext(next: Date, why: "planned" | "missed"): void;
  /** The database is unavailable; the next attempt follows in `retryInMs`. */
  onWaiting(error: unknown, retryInMs: number): void;
  onError(error: unknown): void;
}

export const HEARTBEAT_INTERVAL_MS = 30_000;
/**
 * A database that starts together with the scheduler takes seconds; after this time a failed run reports it.
 */
const LONGEST_DATABASE_WAIT_MS = 10 * 60_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * Runs by the plan, one at a time, until the signal aborts. A missed run starts at once. The scheduler wakes
 * every half minute to read the clock: a clock that is set, or a machine that was suspended, makes a run late
 * at worst.
 */
export async function keepSchedule(
  plan: Plan,
  events: ScheduleEvents,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let next = await firstRun(plan, events, clock, signal);
  while (!signal.aborted) {
    await waitUntil(next, events, clock, signal);
    if (signal.aborted) return;
    const due = next;
    next = plan.next(laterOf(clock.now(), due));
    await runWithHeartbeat(next, events, clock);
    // A run that fell due meanwhile is covered by this one.
    next = plan.next(laterOf(clock.now(), due));
    if (!signal.aborted) events.onNext(next, "planned");
  }
}

/** Now, when a moment of the plan has passed since the last run began. */
async function firstRun(
  plan: Plan,
  events: ScheduleEvents,
  clock: Clock,
  signal: AbortSignal,
): Promise<Date> {
  const planned = plan.next(clock.now());
  const last = await readLastRun(planned, events, clock, signal);
  const now = clock.now();
  const missed = last === null || last < (plan.previous(now) ?? last);
  const first = missed ? now : plan.next(now);
  if (!signal.aborted) events.onNext(first, missed ? "missed" : "planned");
  return first;
}

async function readLastRun(
  planned: Date,
  events: ScheduleEvents,
  clock: Clock,
  signal: AbortSignal,
): Promise<Date | null> {
  const until = clock.monotonic() + LONGEST_DATABASE_WAIT_MS;
  for (let retryInMs = 1_000; !signal.aborted; retryInMs = Math.min(2 * retryInMs, LONGEST_RETRY_MS)) {
    try {
      return await events.lastRun();
    } catch (error) {
      if (clock.monotonic() >= until) return null;
      events.onWaiting(error, retryInMs);
      await events.beat({ at: clock.now(), next_run: planned, running_since: null });
      await sleepUnlessStopped(retryInMs, clock, signal);
    }
  }
  return null;
}

async function waitUntil(
  next: Date,
  events: ScheduleEvents,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const now = clock.now();
    await events.beat({ at: now, next_run: next, running_since: null });
    const left = next.getTime() - clock.now().getTime();
    if (left <= 0 || signal.aborted) return;
    await sleepUnlessStopped(Math.min(left, HEARTBEAT_INTERVAL_MS), clock, signal);
  }
}

/** One run, with heartbeats all the while, so that a long run does not look dead. */
async function runWithHeartbeat(next_run: Date, events: ScheduleEvents, clock: Clock): Promise<void> {
  const running_since = clock.now();
  const over = new AbortController();
  const beating = (async () => {
    while (!over.signal.aborted) {
      await events.beat({ at: clock.now(), next_run, running_since });
      await sleepUnlessStopped(HEARTBEAT_INTERVAL_MS, clock, over.signal);
    }
  })();
  try {
    await events.run();
  } catch (error) {
    events.onError(error);
  } finally {
    over.abort();
    await beating;
  }
}

async function sleepUnlessStopped(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => undefined);
}

function laterOf(a: Date, b: Date): Date {
  return a > b ? a : b;
}
