import { Option } from "commander";
import { openStore } from "../app.ts";
import { readConfig } from "../config.ts";
import { ITEM_TYPES, type ItemType } from "../domain/failure.ts";
import { EXIT_CODE } from "../domain/run-report.ts";
import { AccountBusyError } from "../pipeline/lease.ts";
import type { LetterFilter } from "../pipeline/ports.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { type AddCommand, type Context, EXIT, printLine } from "./command.ts";
import { createOutput } from "./output.ts";
import { replayOnce, tellBusy } from "./sync.ts";

interface ReplayOptions {
  readonly id?: readonly string[];
  readonly type?: ItemType;
  readonly all: boolean;
  readonly json: boolean;
}

export const add: AddCommand = (program, context, run) => {
  program
    .command("replay")
    .description("read once more what failed before: all that is due, or what is asked for")
    .option("--id <id...>", "these, by their id in the report or in `failures`")
    .addOption(new Option("--type <type>", "all of this type, due or not").choices(ITEM_TYPES))
    .option("--all", "all of them, due or not", false)
    .option("--json", "print the report as one line of JSON; log lines go to stderr", false)
    .action((options: ReplayOptions) => run(replay(options, context)));
};

async function replay(options: ReplayOptions, context: Context): Promise<number> {
  const config = readConfig(context.env);
  const output = createOutput(context, config.log, options.json);
  const { clock, signal } = context;
  const connections = config.hostaway.concurrency + 2;
  await using store = await openStore(config.mongo, {
    clock,
    signal,
    connections,
    onProgress: output.onSetUp,
  });
  try {
    const report = await replayOnce({ config, context, output, store }, filterOf(options, clock.now()));
    if (options.json) printLine(context, JSON.stringify(report));
    else if (output.interactive) printLine(context, renderRunSummary(report, output.colors));
    return EXIT_CODE[report.status];
  } catch (error) {
    if (!(error instanceof AccountBusyError)) throw error;
    tellBusy(error, config.hostaway.accountId, output, context, options.json);
    return EXIT.busy;
  }
}

function filterOf({ id, type, all }: ReplayOptions, now: Date): LetterFilter {
  if (id) return { ids: id };
  if (type) return { types: [type] };
  return all ? {} : { dueAt: now };
}
