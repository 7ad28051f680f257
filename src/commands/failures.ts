import { Option } from "commander";
import { readConfig } from "../config.ts";
import type { DeadLetter } from "../domain/dead-letter.ts";
import { ITEM_TYPES, type ItemType } from "../domain/failure.ts";
import { openFailures } from "../query/failures.ts";
import { renderFailures } from "../report/failures.ts";
import { type AddCommand, type Context, EXIT, printJson, printLine } from "./command.ts";
import { createDataOutput } from "./output.ts";
import { openCommandStore } from "./store.ts";

interface FailuresOptions {
  readonly type?: ItemType;
  readonly due: boolean;
  readonly json: boolean;
  readonly raw: boolean;
}

export const addFailures: AddCommand = (program, context, run) => {
  program
    .command("failures")
    .description("list items that could not be copied yet")
    .addOption(new Option("--type <type>", "only items of this type").choices(ITEM_TYPES))
    .option("--due", "only items that the next run tries again", false)
    .option("--json", "print each item as one line of JSON", false)
    .option(
      "--raw",
      "like --json, with the record as Hostaway sent it; it may contain guests' messages",
      false,
    )
    .action((options: FailuresOptions) => run(failures(options, context)));
};

async function failures({ type, due, json, raw }: FailuresOptions, context: Context): Promise<number> {
  const config = readConfig(context.env);
  await using output = createDataOutput(context, config.log, json || raw);
  const { clock } = context;
  await using store = await openCommandStore(config, context, output);
  const letters = await openFailures(store.db, config.hostaway.accountId, {
    ...(type && { types: [type] }),
    ...(due && { dueAt: clock.now() }),
  });
  if (output.interactive) printLine(context, renderFailures(letters, clock.now(), output.colors));
  else for (const letter of letters) printJson(context, raw ? letter : withoutRaw(letter));
  return EXIT.ok;
}

/** P10: ids and field paths only, without `--raw`. */
function withoutRaw({ raw: _, ...letter }: DeadLetter): Omit<DeadLetter, "raw"> {
  return letter;
}
