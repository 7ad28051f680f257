import type { AddCommand } from "./command.ts";
import { runAndReport } from "./run-and-report.ts";

interface SyncOptions {
  readonly report?: string;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly acceptDeletions: boolean;
}

export const addSync: AddCommand = (program, context, run) => {
  program
    .command("sync")
    .description("bring the copy in MongoDB up to date; the first time, copy everything")
    .option("--dry-run", "read and compare, write nothing, and show what would change", false)
    .option(
      "--accept-deletions",
      "mark missing items as deleted even if more than 1 % disappeared at once",
      false,
    )
    .option("--report <file>", "write the run report to a file, as JSON")
    .option("--json", "print the run report as one line of JSON; log lines go to stderr", false)
    .action(({ acceptDeletions, dryRun, ...delivery }: SyncOptions) =>
      run(
        runAndReport(context, delivery, ({ sync }) => ({
          job: { kind: "nightly", acceptDeletions, dryRun: dryRun || sync.dryRun },
        })),
      ),
    );
};
