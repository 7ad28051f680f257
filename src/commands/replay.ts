import { Option } from "commander";
import { ConfigError } from "../config.ts";
import { ITEM_TYPES, type ItemType } from "../domain/failure.ts";
import { inline } from "../domain/printable.ts";
import { openFailures } from "../query/failures.ts";
import type { LetterFilter } from "../sync/ports.ts";
import type { AddCommand } from "./command.ts";
import { plainRun, runAndTell } from "./run-and-tell.ts";
import { PLAIN_RUN, type RunParts } from "./run-once.ts";

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
        runAndTell(context, delivery, ({ now }) => {
          const asked = plainRun({ ...PLAIN_RUN, replay: filterOf({ id, type, all }, now) });
          return {
            ...asked,
            async perform(parts) {
              if (id) await requireOpen(id, parts);
              return await asked.perform(parts);
            },
          };
        }),
      ),
    );
};

/** An id that is misspelt would otherwise be a run that succeeds with nothing to do. Throws `ConfigError`. */
async function requireOpen(ids: readonly string[], { store, config }: RunParts): Promise<void> {
  const open = await openFailures(store.db, config.hostaway.accountId, { ids });
  const known = new Set(open.map(({ _id }) => _id));
  const unknown = ids.filter((one) => !known.has(one));
  if (unknown.length === 0) return;
  const names = unknown.map((one) => inline(one, LONGEST_ID)).join(", ");
  throw new ConfigError(
    `--id ${names}: no open failure has this id, so nothing was tried. It succeeded meanwhile, or is misspelt: ids look like conversation:30001, and \`hostaway-sync failures\` lists them.`,
  );
}

const LONGEST_ID = 100;

function filterOf(
  { id, type, all }: { id: readonly string[] | undefined; type: ItemType | undefined; all: boolean },
  now: Date,
): LetterFilter {
  if (id) return { ids: id };
  if (type) return { types: [type] };
  return all ? {} : { dueAt: now };
}
