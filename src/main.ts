import { Command, CommanderError } from "commander";
import { type AddCommand, type Context, EXIT } from "./commands/command.ts";
import { ConfigError, secretsOf } from "./config.ts";
import { forTerminal } from "./domain/printable.ts";
import { MongoUnavailableError } from "./embedded/provider.ts";
import { StoreUnavailableError } from "./load/mongo.ts";
import { createRedactor } from "./redact.ts";
import { SearchError } from "./search/search-error.ts";
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
    .showHelpAfterError("(--help lists what there is)");
  const asked = COMMANDS[argv[0] ?? ""];
  for (const load of asked ? [asked] : Object.values(COMMANDS)) (await load()).add(program, context, run);
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError("(--help lists what there is)");

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
  if (error instanceof ConfigError || error instanceof SearchError) {
    stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  const expected = error instanceof StoreUnavailableError || error instanceof MongoUnavailableError;
  if (signal.aborted && !expected) stderr.write("Stopped.\n");
  else stderr.write(`${createRedactor(secretsOf(env)).text(expected ? error.message : detailsOf(error))}\n`);
  return EXIT.failed;
}

function detailsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
