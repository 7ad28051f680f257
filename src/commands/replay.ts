import { Option } from "commander";
import { ITEM_TYPES, type ItemType } from "../domain/failure.ts";
import type { LetterFilter } from "../service/job.ts";
import type { AddCommand } from "./command.ts";
import { runAndReport } from "./run-and-report.ts";

interface ReplayOptions {
  readonly id?: readonly string[];
  readonly type?: ItemType;
  readonly all: boolean;
  readonly report?: string;
  readonly json: boolean;
}

export const addReplay: AddCommand = (program, context, run) => {
  program
    .command("replay")
    .description("retry items that failed in earlier runs: all due items, or a selection")
    .option("--id <id...>", "these items, by their id in the report or in `failures`")
    .addOption(new Option("--type <type>", "all items of this type, due or not").choices(ITEM_TYPES))
    .option("--all", "all items, due or not", false)
    .option("--report <file>", "write the run report to a file, as JSON")
    .option("--json", "print the run report as one line of JSON; log lines go to stderr", false)
    .action(({ id, type, all, ...delivery }: ReplayOptions) =>
      run(
        runAndReport(context, delivery, ({ now }) => ({
          job: {
            kind: "replay",
            filter: letterFilter({ ...(id && { id }), ...(type && { type }), all }, now),
          },
        })),
      ),
    );
};

function letterFilter(
  { id, type, all }: Pick<ReplayOptions, "id" | "type" | "all">,
  now: Date,
): LetterFilter {
  if (id) return { ids: id };
  if (type) return { types: [type] };
  return all ? {} : { dueAt: now };
}
