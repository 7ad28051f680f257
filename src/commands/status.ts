import { readConfig, readScheduleConfig } from "../config.ts";
import type { RunReport } from "../domain/run-report.ts";
import { countOpenFailures } from "../query/failures.ts";
import { readOverview } from "../query/overview.ts";
import { lastNightlyRun, latestRuns } from "../query/runs.ts";
import { type Health, renderStatus, type StatusReport } from "../report/status.ts";
import { isAlive, readBeat } from "../schedule/heartbeat.ts";
import { createPlan } from "../schedule/plan.ts";
import { type AddCommand, type Context, EXIT, printJson, printLine } from "./command.ts";
import { createDataOutput } from "./output.ts";
import { openCommandStore } from "./store.ts";

interface StatusOptions {
  readonly alive: boolean;
  readonly json: boolean;
}

/** A day, and two hours for a long night. */
const OLDEST_SUCCESS_MS = 26 * 60 * 60 * 1_000;
const RUNS_SHOWN = 5;

export const add: AddCommand = (program, context, run) => {
  program
    .command("status")
    .description("last runs, next run, open failures, what is stored; exit code 1 when it is out of date")
    .option("--alive", "only whether the scheduler on this machine is alive; needs no configuration", false)
    .option("--json", "print it as one line of JSON", false)
    .action(({ alive, json }: StatusOptions) => run(alive ? checkAlive(context) : status(json, context)));
};

const EXIT_OF: Readonly<Record<Health, number>> = {
  fresh: EXIT.ok,
  lacking: EXIT.partial,
  stale: EXIT.failed,
};

async function status(json: boolean, context: Context): Promise<number> {
  const config = readConfig(context.env);
  const { accountId } = config.hostaway;
  const { cron, timeZone, heartbeatFile } = config.schedule;
  const { clock } = context;
  await using output = createDataOutput(context, config.log, json);
  await using store = await openCommandStore(config, context, output, 4);
  const { db } = store;
  const now = clock.now();
  const beat = await readBeat(heartbeatFile);
  const alive = isAlive(beat, now);
  const [ended, success] = [
    await lastNightlyRun(db, accountId, ["succeeded", "partial"]),
    await lastNightlyRun(db, accountId, ["succeeded"]),
  ];
  const report: StatusReport = {
    account_id: accountId,
    health: healthOf(ended, now),
    last_success_at: success?.finished_at ?? null,
    runs: await latestRuns(db, accountId, RUNS_SHOWN),
    next_run_at: (alive && beat?.next_run) || createPlan(cron, timeZone).next(now),
    time_zone: timeZone,
    scheduler: !alive ? "not seen" : beat?.running_since ? "running" : "waiting",
    open_failures: await countOpenFailures(db, accountId),
    ...(await readOverview(db, accountId, now)),
  };
  if (output.interactive) printLine(context, renderStatus(report, now, output.colors));
  else printJson(context, report);
  return EXIT_OF[report.health];
}

function healthOf(ended: RunReport | null, now: Date): Health {
  if (!ended || now.getTime() - ended.finished_at.getTime() > OLDEST_SUCCESS_MS) return "stale";
  return ended.status === "succeeded" ? "fresh" : "lacking";
}

/** For the health check of a container, every half minute: nothing is asked of the database. */
async function checkAlive(context: Context): Promise<number> {
  const { heartbeatFile } = readScheduleConfig(context.env);
  const beat = await readBeat(heartbeatFile);
  const alive = isAlive(beat, context.clock.now());
  printJson(context, { alive, ...(beat ?? {}) });
  return alive ? EXIT.ok : EXIT.failed;
}
