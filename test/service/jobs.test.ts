import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { type App, createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { AccountBusyError } from "../../src/domain/lease.ts";
import type { RunEvent } from "../../src/service/events.ts";
import type { Job } from "../../src/service/job.ts";
import { nightsOf, type ScheduleEvent } from "../../src/service/keep-nights.ts";
import { runJob } from "../../src/service/run-job.ts";
import { openTestAccount, type TestAccount } from "../support/account.ts";

const NIGHTLY = { kind: "nightly", dryRun: false, acceptDeletions: false } as const;
const { signal } = new AbortController();

let account: TestAccount;
let app: App;

beforeAll(async () => {
  account = await openTestAccount({ seed: 92, conversations: 5, tokenGraceMs: 0 });
  app = createApp(readConfig(account.env));
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await account[Symbol.asyncDispose]();
});
afterEach(() => account.database.db.collection("sync_leases").deleteMany({}));

/** The events of a job, and its report. */
async function eventsOf(job: Job, confirm?: () => Promise<boolean>) {
  const events: RunEvent[] = [];
  const caller = { onEvent: (event: RunEvent) => events.push(event), ...(confirm && { confirm }) };
  const report = await runJob(app, job, signal, caller);
  return { events: events.filter(({ kind }) => kind !== "progress"), report };
}

/** The lease of another run, not given back and valid for so long. */
async function leaveLease(runId: string, validForMs: number): Promise<void> {
  await using store = await app.openStore();
  await (await store.leases.acquire(account.simulator.accountId, runId))[Symbol.asyncDispose]();
  const left = { released_at: null, expires_at: new Date(Date.now() + validForMs) };
  await account.database.db.collection("sync_leases").updateOne({ run_id: runId }, { $set: left });
}

test("P12: a job tells that the previous run did not release its lease", async () => {
  await leaveLease("crashed", -1);

  const { events, report } = await eventsOf(NIGHTLY);

  expect(report).toMatchObject({ status: "succeeded" });
  expect(events).toMatchObject([
    { kind: "lease expired", previous: { run_id: "crashed" } },
    { kind: "run started", dryRun: false },
  ]);
});

test.each<Job>([NIGHTLY, { ...NIGHTLY, dryRun: true }, { kind: "replay", filter: {} }])(
  "P12: beside another run a job throws who holds the lease: %j",
  async (job) => {
    await leaveLease("other", 3_600_000);

    const refused = await runJob(app, job, signal).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(AccountBusyError);
    expect(refused).toMatchObject({ holder: { run_id: "other" } });
  },
);

test("a backfill tells its cost before it begins, and does not begin when it is declined", async () => {
  const all = { kind: "backfill", selection: { kind: "all" }, resume: false, dryRun: false } as const;

  const { events, report } = await eventsOf(all, async () => false);

  expect(report).toBeNull();
  expect(events).toMatchObject([{ kind: "backfill planned", cost: { conversations: 5 } }]);
});

test.each<[Job, object]>([
  [{ kind: "backfill", selection: null, resume: true, dryRun: false }, { kind: "nothing to resume" }],
  [
    { kind: "replay", filter: { ids: ["conversation:1"] } },
    { kind: "no such failures", ids: ["conversation:1"] },
  ],
])("a job for something that does not exist is refused with a reason: %j", async (job, refusal) => {
  await expect(runJob(app, job, signal)).rejects.toMatchObject({ name: "JobRefusedError", refusal });
});

test("without a database there is a report all the same", async () => {
  const uri = "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100";
  const unreachable = createApp(readConfig({ ...account.env, MONGODB_URI: uri }));

  expect(await runJob(unreachable, NIGHTLY, signal)).toMatchObject({
    status: "failed",
    mode: "incremental",
    failures: [{ error_type: "storage_error", message: "MongoDB does not answer at 127.0.0.1:9" }],
  });
});

test("a night with a heartbeat that cannot be written is told once, and ends with its report", async () => {
  const env = { ...account.env, HEARTBEAT_FILE: "/no/such/folder/beat" };
  const events: ScheduleEvent["kind"][] = [];
  const onEvent = ({ kind }: ScheduleEvent) => events.push(kind);
  const nights = nightsOf(createApp(readConfig(env)), signal, { onEvent, onRunEvent: () => undefined });
  const beat = { at: new Date(0), next_run: new Date(0), running_since: null };

  await nights.beat(beat);
  await nights.beat(beat);
  await nights.run();

  expect(events).toEqual(["heartbeat file not writable", "run finished"]);
  expect(await nights.lastRun()).toBeInstanceOf(Date);
});
