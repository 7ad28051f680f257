import { openStore, type StoreConnection, type StoreOptions } from "../app.ts";
import type { Config } from "../config.ts";
import type { Context } from "./command.ts";
import type { Output } from "./output.ts";

/** The database of a command; setting it up is told to whoever waits. Throws as `openStore` does. */
export function openCommandStore(
  { mongo }: Pick<Config, "mongo">,
  { clock, signal }: Context,
  output: Output,
  connections = 1,
  reads: StoreOptions["reads"] = "as configured",
): Promise<StoreConnection> {
  return openStore(mongo, {
    clock,
    signal,
    connections,
    reads: reads ?? "as configured",
    onProgress: output.onSetUp,
  });
}
