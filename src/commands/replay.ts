import { Option } from "commander";
import { ITEM_TYPES, type ItemType } from "../domain/failure.ts";
import type { LetterFilter } from "../pipeline/ports.ts";
import type { AddCommand } from "./command.ts";
import { plainRun, runAndTell } from "./run-and-tell.ts";
import { PLAIN_RUN } from "./run-once.ts";

interface ReplayOptions {
  readonly id?: readonly string[];
  readonly type?: ItemType;
  readonly all: boolean;
  readonly report?: string;
  readonly json: boolean;
}

export const add: AddCommand = (program, context, run) => {
  program
    .command("replay")
    .description("read once more what failed before: all that is due, or what is asked for")
    .option("--id <id...>", "these, by their id in the report or in `failures`")
    .addOption(new Option("--type <type>", "all of this type, due or not").choices(ITEM_TYPES))
    .option("--all", "all of them, due or not", false)
    .option("--report <file>", "write the run report to a file, as JSON")
    .option("--json", "print the report as one line of JSON; log lines go to stderr", false)
    .action(({ id, type, all, ...delivery }: ReplayOptions) =>
      run(
        runAndTell(context, delivery, ({ now }) =>
          plainRun({ ...PLAIN_RUN, replay: filterOf({ id, type, all }, now) }),
        ),
      ),
    );
};

function filterOf(
  { id, type, all }: { id: readonly string[] | undefined; type: ItemType | undefined; all: boolean },
  now: Date,
): LetterFilter {
  if (id) return { ids: id };
  if (type) return { types: [type] };
  return all ? {} : { dueAt: now };
}
