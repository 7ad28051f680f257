#!/usr/bin/env node
import { existsSync } from "node:fs";
import { loadEnvFile } from "node:process";
import { Command, CommanderError } from "commander";
import { systemClock } from "./clock.ts";
import { addCheck } from "./commands/check.ts";
import { type Context, EXIT } from "./commands/command.ts";
import { addDemo } from "./commands/demo.ts";
import { addSimulate } from "./commands/simulate.ts";
import { addSync } from "./commands/sync.ts";
import { ConfigError } from "./config.ts";
import { MongoUnavailableError } from "./embedded/provider.ts";
import { StoreUnavailableError } from "./load/mongo.ts";
import { VERSION } from "./version.ts";

/** A stop that was asked for takes at most this long; what is stored by then stays. */
const LONGEST_STOP_MS = 5_000;

/** Understands the command line and runs one command. Returns the exit code. */
async function main(argv: readonly string[], context: Context): Promise<number> {
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
    .showHelpAfterError("(--help lists what there is)");
  for (const add of [addSync, addCheck, addSimulate, addDemo]) add(program, context, run);
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
function exitCodeOf(error: unknown, { stderr, signal }: Context): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigError) {
    stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  const expected = error instanceof StoreUnavailableError || error instanceof MongoUnavailableError;
  if (signal.aborted && !expected) stderr.write("Stopped.\n");
  else stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
}

/** The first signal asks for a safe end, the second does not ask. */
function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(EXIT.failed);
      stop.abort(new Error(`received ${name}`));
      setTimeout(() => process.exit(EXIT.failed), LONGEST_STOP_MS).unref();
    });
  }
  return stop.signal;
}

if (existsSync(".env")) loadEnvFile(".env");
process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  clock: systemClock,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stopOnSignal(),
});
