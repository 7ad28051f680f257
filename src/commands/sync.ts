import type { AddCommand } from "./command.ts";
import { plainRun, runAndTell } from "./run-and-tell.ts";

interface SyncOptions {
  readonly report?: string;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly acceptDeletions: boolean;
}

export const add: AddCommand = (program, context, run) => {
  program
    .command("sync")
    .description("bring the copy in MongoDB up to date; the first time, copy everything")
    .option("--dry-run", "read and compare, write nothing, and say what would change", false)
    .option("--accept-deletions", "mark as deleted what vanished, even if it is more than 1 % at once", false)
    .option("--report <file>", "write the run report to a file, as JSON")
    .option("--json", "print the run report as one line of JSON; log lines go to stderr", false)
    .action(({ acceptDeletions, dryRun, ...delivery }: SyncOptions) =>
      run(
        runAndTell(context, delivery, ({ dryRunByDefault }) =>
          plainRun({ acceptDeletions, dryRun: dryRun || dryRunByDefault }),
        ),
      ),
    );
};
