import { type App, createApp } from "../app.ts";
import type { Config } from "../config.ts";
import type { Context } from "./command.ts";
import { createOutput, type Output } from "./output.ts";

/** A command at work: its connections, and where it prints. */
export interface Session extends AsyncDisposable {
  readonly app: App;
  readonly context: Context;
  readonly output: Output;
}

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
