import { type Config, readConfig, readScheduleConfig } from "../config.ts";
import type { Health, NextRun } from "../domain/status.ts";
import { readStatus } from "../query/read-status.ts";
import { renderStatus } from "../report/status.ts";
import { isSchedulerAlive, readHeartbeat } from "../schedule/heartbeat.ts";
import { createPlan } from "../schedule/plan.ts";
import { type AddCommand, type Context, EXIT, printJson, printLine } from "./command.ts";
import { createDataOutput } from "./output.ts";
import { openCommandStore } from "./store.ts";

interface StatusOptions {
  readonly alive: boolean;
  readonly json: boolean;
}

export const addStatus: AddCommand = (program, context, run) => {
  program
    .command("status")
    .description(
      "show the last runs, the next run, open failures and document counts; exit code 1 when out of date",
    )
    .option(
      "--alive",
      "check only whether the scheduler on this machine is alive; needs no configuration",
      false,
    )
    .option("--json", "print the status as one line of JSON", false)
    .action(({ alive, json }: StatusOptions) => run(alive ? checkAlive(context) : status(json, context)));
};

const EXIT_OF: Readonly<Record<Health, number>> = {
  fresh: EXIT.ok,
  lacking: EXIT.partial,
  stale: EXIT.failed,
};

async function status(json: boolean, context: Context): Promise<number> {
  const config = readConfig(context.env);
  await using output = createDataOutput(context, config.log, json);
  await using store = await openCommandStore(config, context, output);
  const now = context.clock.now();
  const report = await readStatus(store.db, config.hostaway.accountId, now, await nextRun(config, now));
  if (output.interactive) printLine(context, renderStatus(report, now, output.colors));
  else printJson(context, report);
  return EXIT_OF[report.health];
}

async function nextRun({ schedule }: Pick<Config, "schedule">, now: Date): Promise<NextRun> {
  const { cron, timeZone, heartbeatFile } = schedule;
  const beat = await readHeartbeat(heartbeatFile);
  const alive = isSchedulerAlive(beat, now);
  return {
    next_run_at: (alive && beat?.next_run) || createPlan(cron, timeZone).next(now),
    time_zone: timeZone,
    scheduler: !alive ? "not seen" : beat?.running_since ? "running" : "waiting",
  };
}

/** For the health check of a container, every half minute: without a database query. */
async function checkAlive(context: Context): Promise<number> {
  const { heartbeatFile } = readScheduleConfig(context.env);
  const beat = await readHeartbeat(heartbeatFile);
  const alive = isSchedulerAlive(beat, context.clock.now());
  printJson(context, { alive, ...(beat ?? {}) });
  return alive ? EXIT.ok : EXIT.failed;
}
