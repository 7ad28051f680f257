import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Poison } from "../faults.ts";
import type { SimulatorSettings } from "../options.ts";
import { type EndpointResult, failure, json, type Reply, rateLimited, tokenRefused } from "./replies.ts";
import { type SendContext, sendReply } from "./send.ts";

type AnswerFault = Exclude<Fault, Poison>;

const HTML =
  "<html>\r\n<head><title>Bad Gateway</title></head>\r\n<body><center><h1>Bad Gateway</h1></center></body>\r\n</html>\r\n";

/** The reply of a fault that replaces the real one; null for a fault that only damages it. */
export function replacementReply(fault: AnswerFault, settings: SimulatorSettings, now: Date): Reply | null {
  switch (fault.type) {
    case "status":
      return statusReply(fault.status, fault.body, fault.headers);
    case "html":
      return { status: fault.status, body: HTML, contentType: "text/html", headers: {} };
    case "empty_body":
      return { status: 200, body: "", contentType: "application/json", headers: {} };
    case "status_fail_200":
      return json(200, { status: "fail", [fault.in]: fault.text });
    case "rate_limited":
      return rateLimited({ limit: 200, applied: "account", waitMs: fault.waitMs }, settings.retryAfter, now);
    case "unauthorized":
      return tokenRefused();
    default:
      return null;
  }
}

function statusReply(status: number, body: unknown, headers: Readonly<Record<string, string>>): Reply {
  if (body === undefined) return failure(status, "Something went wrong", headers);
  if (typeof body === "string") return { status, body, contentType: "text/plain", headers };
  return json(status, body, headers);
}

/** `empty_list` and `null_id`, which damage the result before it becomes text. */
export function damagedEnvelope<T extends Exclude<EndpointResult, string>>(
  body: T,
  fault: AnswerFault | null,
): T {
  if (fault?.type === "empty_list") return { ...body, result: [] };
  if (fault?.type !== "null_id") return body;
  const first: unknown = Array.isArray(body.result) ? body.result[0] : body.result;
  if (typeof first === "object" && first !== null) (first as Record<string, unknown>)["id"] = null;
  return body;
}

/** Sends a reply with its fault; a hanging request ends when either side closes. */
export async function sendWithFault(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  fault: AnswerFault | null,
  context: SendContext,
): Promise<void> {
  switch (fault?.type) {
    case "hang":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "reset_mid_body":
      return resetMidBody(response, reply);
    case "truncated_json":
      return sendReply(
        request,
        response,
        { ...reply, body: reply.body.slice(0, reply.body.length / 2) },
        context,
      );
    case "slow_drip":
      return drip(response, reply, fault, context.closing);
    case "delay":
      await sleep(fault.ms, undefined, { signal: context.closing });
      break;
  }
  return sendReply(request, response, reply, context);
}

function resetMidBody(response: ServerResponse, reply: Reply): void {
  const bytes = Buffer.from(reply.body);
  response.writeHead(reply.status, { "Content-Type": reply.contentType, "Content-Length": bytes.length });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.resetAndDestroy());
}

async function drip(
  response: ServerResponse,
  reply: Reply,
  { bytes, everyMs }: { bytes: number; everyMs: number },
  closing: AbortSignal,
): Promise<void> {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, { "Content-Type": reply.contentType, "Content-Length": body.length });
  for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
    response.write(body.subarray(at, at + bytes));
    await sleep(everyMs, undefined, { signal: closing });
  }
  response.end();
}
