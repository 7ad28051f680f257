import { expect, test } from "@jest/globals";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { keepSchedule, type ScheduleEvents } from "../../src/schedule/keep-schedule.ts";
import { createPlan } from "../../src/schedule/plan.ts";
import { nightsOf } from "../../src/service/keep-nights.ts";
import { expectPerfectCopy, openTestAccount } from "../support/account.ts";
import { startCli } from "../support/cli.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { startMailServer } from "../support/smtp.ts";
import { letLeaseRunOut } from "../support/store.ts";

const DAY_MS = 86_400_000;
/** What the world's clock says when the scheduler is started. */
const BEGIN = "2026-06-15T12:00:00Z";

/** The real scheduler with its real events, under an environment that may change from night to night. */
function startScheduler(calendar: FakeClock, environment: () => Readonly<Record<string, string>>) {
  const stop = new AbortController();
  let running = false;
  const { monotonic, sleep } = { monotonic: () => performance.now(), sleep: realSleep };
  const events = (): ScheduleEvents => {
    // Dates are the calendar's; what waits for Hostaway, the lease and the mail server really waits.
    const app = createApp(readConfig(environment()), { clock: { now: calendar.now, monotonic, sleep } });
    return nightsOf(app, stop.signal, { onEvent: () => undefined, onRunEvent: () => undefined });
  };
  const during = async <T>(work: () => Promise<T>) => {
    running = true;
    return await work().finally(() => {
      running = false;
    });
  };
  const ended = keepSchedule(
    createPlan("0 1 * * *", "UTC"),
    {
      lastRun: () => during(() => events().lastRun()),
      run: () => during(() => events().run()),
      beat: async () => undefined,
      onNext: () => undefined,
      onWaiting: () => undefined,
      onError: (error) => {
        throw error;
      },
    },
    calendar,
    stop.signal,
  );
  return {
    isIdle: () => !running,
    async stop() {
      stop.abort(new Error("received SIGTERM"));
      await ended;
    },
  };
}

const realSleep = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

test("P4, P6: a week with a database outage, an API outage and a kill ends with a perfect copy and the right mails", async () => {
  await using mails = await startMailServer();
  await using account = await openTestAccount({ seed: 81, conversations: 60, tokenGraceMs: 0 });
  const { simulator, database } = account;
  const env = {
    ...account.env,
    SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
    REPORT_FROM: "robot@example.com",
    REPORT_TO: "owner@example.com",
    LOG_LEVEL: "error",
  };
  let tonight: Readonly<Record<string, string>> = env;
  const calendar = createFakeClock(BEGIN);
  let scheduler = startScheduler(calendar, () => tonight);
  const night = async (more: Readonly<Record<string, string>> = {}) => {
    tonight = { ...env, ...more };
    simulator.advance(DAY_MS);
    await calendar.moveTo(new Date(calendar.now().getTime() + DAY_MS), scheduler.isIdle);
  };
  const subjects = () => mails.deliveries.map(({ mail }) => mail.subject ?? "");

  await calendar.moveTo(new Date(Date.parse(BEGIN) + 1_000), scheduler.isIdle);
  await expectPerfectCopy(account);

  await night();
  await night({ MONGODB_URI: "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300" });
  expect(subjects()).toEqual([expect.stringMatching(/failed · account 10001 · storage error/)]);

  await night();
  simulator.faults.set([{ match: { endpoint: "accessTokens" }, fault: { type: "status", status: 503 } }]);
  await night();
  simulator.faults.clear();
  expect(subjects()).toHaveLength(2);
  expect(subjects()[1]).toMatch(/failed · account 10001/);

  // The third bad night: container and run die together, in the middle of a page.
  await scheduler.stop();
  simulator.advance(DAY_MS);
  await killInTheMiddle(env, simulator);
  await letLeaseRunOut(database.db, simulator.accountId);
  calendar.jumpTo(new Date(calendar.now().getTime() + DAY_MS));
  scheduler = startScheduler(calendar, () => tonight);
  await night();
  await night();
  await scheduler.stop();

  await simulatorIsCopied();
  expect(subjects()).toHaveLength(2);
  const runs = await database.db.collection("sync_runs").find().sort({ started_at: 1 }).toArray();
  expect(runs.map(({ status }) => status).filter((status) => status !== "succeeded")).toEqual(["failed"]);

  async function simulatorIsCopied(): Promise<void> {
    // Edits that no list shows come with the sweep; the nights above were too few for it.
    tonight = { ...env, SYNC_SWEEP_DAYS: "1" };
    const last = startScheduler(calendar, () => tonight);
    await calendar.moveTo(new Date(calendar.now().getTime() + DAY_MS), last.isIdle);
    await calendar.moveTo(new Date(calendar.now().getTime() + DAY_MS), last.isIdle);
    await last.stop();
    await expectPerfectCopy(account);
  }
});

async function killInTheMiddle(
  env: Readonly<Record<string, string>>,
  simulator: { onRequest(listener: (request: { endpoint: string }) => void): () => void },
): Promise<void> {
  const { child, finished } = startCli(["sync"], env);
  let pages = 0;
  const unlisten = simulator.onRequest(({ endpoint }) => {
    if (endpoint === "messages") pages += 1;
    if (pages === 2) child.kill("SIGKILL");
  });
  await finished;
  unlisten();
  expect(child.signalCode).toBe("SIGKILL");
}
