import { type App, createApp } from "../app.ts";
import type { Config } from "../config.ts";
import type { Context } from "./command.ts";
import { createOutput, type Output } from "./output.ts";

/** The connections of a command, and the places that it prints to. */
export interface SessionParts {
  readonly app: App;
  readonly context: Context;
  readonly output: Output;
}

export interface Session extends SessionParts, AsyncDisposable {}

export function openSession(config: Config, context: Context, json: boolean): Session {
  const output = createOutput(context, config.log, json);
  const app = createApp(config, { clock: context.clock });
  return {
    app,
    context,
    output,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await output[Symbol.asyncDispose]();
    },
  };
}
