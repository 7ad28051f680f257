import { openStore, type StoreConnection } from "../app.ts";
import type { Config } from "../config.ts";
import type { Context } from "./command.ts";
import type { Output } from "./output.ts";

/** The database of a command; setting it up is told to whoever waits. Throws as `openStore` does. */
export function openCommandStore(
  { mongo }: Pick<Config, "mongo">,
  { clock, signal }: Context,
  output: Output,
  connections = 1,
): Promise<StoreConnection> {
  return openStore(mongo, { clock, signal, connections, onProgress: output.onSetUp });
}
