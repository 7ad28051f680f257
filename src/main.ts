import { Command, CommanderError } from "commander";
import { type AddCommand, type Context, EXIT } from "./commands/command.ts";
import { tellError } from "./commands/tell-error.ts";
import { secretsOf } from "./config.ts";
import { forTerminal } from "./domain/printable.ts";
import { createRedactor } from "./redact/redactor.ts";
import { VERSION } from "./version.ts";

/** Each is loaded when it is asked for: a nightly sync need not carry the simulator's texts in its memory. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly add: AddCommand }>>> = {
  sync: () => import("./commands/sync.ts"),
  search: () => import("./commands/search.ts"),
  export: () => import("./commands/export.ts"),
  history: () => import("./commands/history.ts"),
  backfill: () => import("./commands/backfill.ts"),
  schedule: () => import("./commands/schedule.ts"),
  status: () => import("./commands/status.ts"),
  failures: () => import("./commands/failures.ts"),
  replay: () => import("./commands/replay.ts"),
  report: () => import("./commands/report.ts"),
  check: () => import("./commands/check.ts"),
  simulate: () => import("./commands/simulate.ts"),
  demo: () => import("./commands/demo.ts"),
};

/** Understands the command line and runs one command. Returns the exit code. */
export async function main(argv: readonly string[], context: Context): Promise<number> {
  let exitCode: number = EXIT.ok;
  const run = async (result: Promise<number>) => {
    exitCode = await result;
  };
  const program = new Command("hostaway-sync")
    .description(
      "Keeps a complete, clean, searchable copy of a Hostaway account's guest messages in MongoDB.",
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(forTerminal(text)),
      writeErr: (text) => context.stderr.write(forTerminal(text)),
    })
    .showHelpAfterError("See hostaway-sync --help.");
  const asked = COMMANDS[argv[0] ?? ""];
  for (const load of asked ? [asked] : Object.values(COMMANDS)) (await load()).add(program, context, run);
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`See hostaway-sync ${command.name()} --help.`);

  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, context);
  }
}

/** What the user can mend is said in one plain message; anything else is a bug and shows where it happened. */
function exitCodeOf(error: unknown, { env, stderr, signal }: Context): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const told = tellError(error);
  const text = told?.sentence ?? (signal.aborted ? "Stopped." : detailsOf(error));
  stderr.write(`${forTerminal(createRedactor(secretsOf(env)).text(text))}\n`);
  return told?.exitCode ?? EXIT.failed;
}

function detailsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
