import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { constants, gzip, gzipSync } from "node:zlib";
import type { SimulatorSettings } from "../options.ts";
import type { Reply } from "./replies.ts";
import type { Counters } from "./stats.ts";

export interface SendContext {
  readonly settings: SimulatorSettings;
  readonly stats: Counters;
  readonly closing: AbortSignal;
}

const FAST = { level: constants.Z_BEST_SPEED };
const NOT_WORTH_IT = 1024;
const SMALL = 64 * 1024;
const gzipLater = promisify(gzip);

export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  { settings, stats }: SendContext,
): Promise<void> {
  const zipped = settings.gzip && reply.body.length > NOT_WORTH_IT && accepts(request);
  const body = zipped ? await zip(reply.body) : Buffer.from(reply.body);
  if (response.destroyed) return;
  stats.answered(reply.status, body.length);
  response.writeHead(reply.status, {
    "Content-Type": reply.contentType,
    "Content-Length": body.length,
    ...(zipped ? { "Content-Encoding": "gzip" } : {}),
    ...reply.headers,
  });
  response.end(body);
}

function accepts(request: IncomingMessage): boolean {
  return /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
}

async function zip(text: string): Promise<Buffer> {
  return text.length < SMALL ? gzipSync(text, FAST) : gzipLater(text, FAST);
}
