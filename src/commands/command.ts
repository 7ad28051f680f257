import type { Command } from "commander";
import type { Clock } from "../clock.ts";
import type { Environment } from "../config.ts";

/** What a command may touch of the world around it. */
export interface Context {
  readonly env: Environment;
  readonly clock: Clock;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Where a person answers questions; without it none are asked. */
  readonly stdin?: NodeJS.ReadStream;
  /** Aborts at the first Ctrl-C or SIGTERM: come to a safe end. */
  readonly signal: AbortSignal;
}

/** Tells the command line about one command; `run` takes its exit code. */
export type AddCommand = (
  program: Command,
  context: Context,
  run: (exitCode: Promise<number>) => Promise<void>,
) => void;

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  /** `EX_TEMPFAIL` of sysexits.h: another run is at work; try again later. */
  busy: 75,
} as const;

/** True when a person watches: bars, tables and colours are for them, JSON lines for everybody else. */
export function isInteractive({ stdout, env }: Context): boolean {
  return stdout.isTTY === true && env["CI"] === undefined;
}

export function printLine({ stdout }: Context, line: string): void {
  stdout.write(`${line}\n`);
}
