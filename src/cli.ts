#!/usr/bin/env node
import { systemClock } from "./clock.ts";
import { EnvFileError, loadEnvFile } from "./env-file.ts";
import { keepHeapSmall } from "./small-heap.ts";

const argv = process.argv.slice(2);
const [command = ""] = argv;

/** Copying streams through; simulating an account keeps a world, and wants V8's own idea of memory. */
const STREAMING = ["sync", "schedule", "backfill", "replay", "export"];

/** A stop that was asked for takes at most this long; what is stored by then stays. */
const LONGEST_STOP_MS = command === "schedule" ? 20_000 : 5_000;

/** The first signal asks for a safe end, the second does not ask. */
function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort(new Error(`received ${name}`));
      setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
    });
  }
  return stop.signal;
}

/** Without them nothing would go as intended. */
function loadSettings(): void {
  try {
    loadEnvFile(".env", process.env);
  } catch (error) {
    if (!(error instanceof EnvFileError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

if (STREAMING.includes(command)) keepHeapSmall();
loadSettings();

// Before the rest is loaded: as the first process of a container this one ignores signals that it does not handle.
const signal = stopOnSignal();
// Everything else is loaded after V8 was told, or its heap would have grown already.
const { main } = await import("./main.ts");
process.exitCode = await main(argv, {
  env: process.env,
  clock: systemClock,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  signal,
});
