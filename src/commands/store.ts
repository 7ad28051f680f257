import { createApp, type StoreConnection } from "../app.ts";
import type { Config } from "../config.ts";
import type { Context } from "./command.ts";
import type { Output } from "./output.ts";

/** The database of a command that reads, with its set-up shown step by step. Throws as `App.openStore` does. */
export async function openCommandStore(
  config: Config,
  { clock, signal }: Context,
  output: Output,
): Promise<StoreConnection> {
  return await createApp(config, { clock }).openStore({ signal, onProgress: output.onSetUp });
}
