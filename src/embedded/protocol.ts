import type { Socket } from "node:net";
import type { FailedCandidate } from "./errors.ts";

/** A keeper's messages to its clients, one JSON object a line. */
export type KeeperMessage =
  | { readonly type: "alive" }
  | { readonly type: "progress"; readonly step: string; readonly detail?: string }
  | {
      readonly type: "ready";
      readonly uri: string;
      readonly kind: "mongod" | "standin";
      readonly description: string;
    }
  | { readonly type: "failed"; readonly attempts: readonly FailedCandidate[] };

export type StartProgress = { readonly step: string; readonly detail?: string };

/** A keeper's options, passed as its only argument. */
export interface KeeperOptions {
  readonly dataDir: string;
  readonly durable: boolean;
}

export function encode(message: KeeperMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** Leaves the connection open when its reader has heard enough; throws when it breaks. */
export async function* decodeMessage(socket: Socket): AsyncGenerator<KeeperMessage> {
  let rest = "";
  socket.setEncoding("utf8");
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as KeeperMessage;
  }
}

/** While it starts, a keeper says something at least this often. */
export const ALIVE_EVERY_MS = 5_000;
