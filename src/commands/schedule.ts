import { readConfig } from "../config.ts";
import { AccountBusyError } from "../domain/lease.ts";
import { lastNightlyRun } from "../query/runs.ts";
import { renderBusy } from "../report/busy.ts";
import { renderNextRun } from "../report/next-run.ts";
import { removeHeartbeat, writeHeartbeat } from "../schedule/heartbeat.ts";
import { keepSchedule, type ScheduleEvents } from "../schedule/keep-schedule.ts";
import { createPlan } from "../schedule/plan.ts";
import { type AddCommand, type Context, EXIT, printLine } from "./command.ts";
import { deliver } from "./deliver.ts";
import { createOutput } from "./output.ts";
import { openAndRun, plainRun } from "./run-and-tell.ts";
import { PLAIN_RUN, type Surroundings } from "./run-once.ts";
import { openCommandStore } from "./store.ts";

export const add: AddCommand = (program, context, run) => {
  program
    .command("schedule")
    .description("stay up and sync when SYNC_CRON says so; a run that was missed is made up for at once")
    .action(() => run(schedule(context)));
};

async function schedule(context: Context): Promise<number> {
  const config = readConfig(context.env);
  await using output = createOutput(context, config.log, false);
  const { cron, timeZone } = config.schedule;
  output.log.info("scheduler started", { cron, time_zone: timeZone });
  await keepSchedule(
    createPlan(cron, timeZone),
    eventsOf({ config, context, output }),
    context.clock,
    context.signal,
  );
  await removeHeartbeat(config.schedule.heartbeatFile).catch(() => undefined);
  output.log.info("scheduler stopped");
  return EXIT.ok;
}

/** A night's run, as the scheduler has it done and told. */
export function eventsOf(surroundings: Surroundings): ScheduleEvents {
  const { config, context, output } = surroundings;
  const { accountId } = config.hostaway;
  let heartbeatFails = false;
  return {
    async lastRun() {
      await using store = await openCommandStore(config, context, output);
      const last = await lastNightlyRun(store.db, accountId, ["succeeded", "partial"]);
      return last?.started_at ?? null;
    },
    async run() {
      try {
        const night = plainRun({ ...PLAIN_RUN, dryRun: config.sync.dryRun });
        const report = await openAndRun(surroundings, night);
        if (report) await deliver(report, { json: false }, surroundings);
      } catch (error) {
        if (!(error instanceof AccountBusyError)) throw error;
        if (output.interactive) printLine(context, renderBusy(accountId, error.holder, output.colors));
        output.journal.warn("another run is at work on this account", {
          account_id: accountId,
          ...error.holder,
        });
      }
    },
    async beat(beat) {
      try {
        await writeHeartbeat(config.schedule.heartbeatFile, beat);
        heartbeatFails = false;
      } catch (error) {
        if (!heartbeatFails)
          output.log.warn("the heartbeat file cannot be written: health checks will fail", { error });
        heartbeatFails = true;
      }
    },
    onNext(at, why) {
      if (output.interactive)
        printLine(context, renderNextRun(at, why, config.schedule, context.clock.now(), output.colors));
      output.journal.info("next run", { at, why });
    },
    onWaiting(error, retryInMs) {
      const reason = error instanceof Error ? error.message : String(error);
      output.log.warn("the database cannot be asked yet", { reason, retry_in_ms: retryInMs });
    },
    onError(error) {
      output.log.error("unexpected error", { error });
    },
  };
}
