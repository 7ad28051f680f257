import type { Command } from "commander";
import type { Clock } from "../clock.ts";
import type { Environment } from "../config.ts";
import { forTerminal, toJson } from "../domain/printable.ts";

/** The world around a command. */
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
  /** `EX_TEMPFAIL` of sysexits.h: another run is active; try again later. */
  busy: 75,
} as const;

/** True when a person watches. Bars, tables and colours are for people, JSON lines for programs. */
export function isInteractive({ stdout, env }: Context): boolean {
  return stdout.isTTY === true && env["CI"] === undefined;
}

/** For people. Whatever a text is made of, it moves no cursor and sets no title. */
export function printLine({ stdout }: Pick<Context, "stdout">, line: string): void {
  stdout.write(`${forTerminal(line)}\n`);
}

/** For programs: one line of JSON, nothing of it lost. */
export function printJson({ stdout }: Pick<Context, "stdout">, value: unknown): void {
  stdout.write(`${toJson(value)}\n`);
}
