import { Command, CommanderError } from "commander";
import { type AddCommand, type Context, EXIT } from "./commands/command.ts";
import { explainError } from "./commands/explain-error.ts";
import { secretsOf } from "./config.ts";
import { forTerminal } from "./domain/printable.ts";
import { createRedactor } from "./redact/redactor.ts";
import { VERSION } from "./version.ts";

/** Each is loaded when it is asked for: a nightly sync need not carry the simulator's texts in its memory. */
const COMMAND_MODULES: Readonly<Record<string, () => Promise<AddCommand>>> = {
  sync: async () => (await import("./commands/sync.ts")).addSync,
  search: async () => (await import("./commands/search.ts")).addSearch,
  export: async () => (await import("./commands/export.ts")).addExport,
  history: async () => (await import("./commands/history.ts")).addHistory,
  backfill: async () => (await import("./commands/backfill.ts")).addBackfill,
  schedule: async () => (await import("./commands/schedule.ts")).addSchedule,
  status: async () => (await import("./commands/status.ts")).addStatus,
  failures: async () => (await import("./commands/failures.ts")).addFailures,
  replay: async () => (await import("./commands/replay.ts")).addReplay,
  report: async () => (await import("./commands/report.ts")).addReport,
  check: async () => (await import("./commands/check.ts")).addCheck,
  simulate: async () => (await import("./commands/simulate.ts")).addSimulate,
  demo: async () => (await import("./commands/demo.ts")).addDemo,
};

/** Understands the command line and runs one command. Returns the exit code. */
export async function main(argv: readonly string[], context: Context): Promise<number> {
  let exitCode: number = EXIT.ok;
  const run = async (result: Promise<number>) => {
    exitCode = await result;
  };
  const program = new Command("hostaway-sync")
    .description(
      "Keeps a complete, deduplicated, searchable copy of a Hostaway account's guest messages in MongoDB.",
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(forTerminal(text)),
      writeErr: (text) => context.stderr.write(forTerminal(text)),
    })
    .showHelpAfterError("See hostaway-sync --help.");
  const asked = COMMAND_MODULES[argv[0] ?? ""];
  for (const load of asked ? [asked] : Object.values(COMMAND_MODULES)) (await load())(program, context, run);
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`See hostaway-sync ${command.name()} --help.`);

  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, context);
  }
}

/** An error that the user can fix is one plain message; anything else is a bug and shows where it happened. */
function exitCodeOf(error: unknown, { env, stderr, signal }: Context): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const explained = explainError(error);
  const text = explained?.message ?? (signal.aborted ? "Stopped." : detailsOf(error));
  stderr.write(`${forTerminal(createRedactor(secretsOf(env)).text(text))}\n`);
  return explained?.exitCode ?? EXIT.failed;
}

function detailsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
