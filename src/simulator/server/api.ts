import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "../account.ts";
import { rateLimits, type SimulatorSettings } from "../options.ts";
import { type Random, random, STREAM } from "../random.ts";
import { damagedEnvelope, replacementReply, sendWithFault } from "./apply-fault.ts";
import { createEndpoints } from "./endpoints.ts";
import type { FaultDecision, FaultEngine } from "./fault-engine.ts";
import { readBody } from "./http.ts";
import { createRateLimits, type LimitReached } from "./rate-limits.ts";
import * as replies from "./replies.ts";
import type { RequestListeners } from "./request-listeners.ts";
import { type Route, routeOf } from "./routes.ts";
import { sendReply } from "./send.ts";
import type { Counters } from "./stats.ts";
import type { Tokens } from "./tokens.ts";

export interface ApiParts {
  readonly account: Account;
  readonly settings: SimulatorSettings;
  readonly tokens: Tokens;
  readonly faults: FaultEngine;
  readonly stats: Counters;
  readonly listeners: RequestListeners;
  /** Ends every wait when the simulator closes. */
  readonly closing: AbortSignal;
}

export type ApiHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** One request to `/v1`, from its arrival to its response. */
export function createApi(parts: ApiParts): ApiHandler {
  const { account, settings, tokens, faults, stats, listeners, closing } = parts;
  const limits = rateLimits(settings);
  const admit = limits === null ? () => null : createRateLimits(limits);
  const endpoints = createEndpoints(account, settings);
  const sending = { settings, stats, closing };
  const latency = latencyOf(settings, random(settings.seed, STREAM.latency));

  async function answer(request: IncomingMessage, route: Route, url: URL, trouble: FaultDecision) {
    if (route.endpoint === "accessTokens") return token(request, url);
    if (!tokens.accepts(request.headers.authorization, performance.now())) return replies.tokenRefused();
    const query = trouble.fault?.type === "repeat_page" ? previousPage(url.searchParams) : url.searchParams;
    const found = endpoints(route, query);
    if (typeof found === "string")
      return found === "not found" ? replies.notFound() : replies.cursorWithSort();
    return replies.json(200, damaged(found, trouble));
  }

  function damaged(
    body: Exclude<replies.EndpointResult, string>,
    trouble: FaultDecision,
  ): Exclude<replies.EndpointResult, string> {
    const left = damagedEnvelope(body, trouble.fault);
    if (trouble.poison(left.result)) stats.faulted();
    return left;
  }

  async function token(request: IncomingMessage, url: URL) {
    if (request.method === "DELETE") {
      tokens.revoke(url.searchParams.get("token") ?? "");
      return replies.json(200, { status: "success", result: [] });
    }
    const minted = tokens.mint(new URLSearchParams(await readBody(request)), performance.now());
    if (!minted) return replies.clientRefused();
    return replies.json(200, {
      token_type: "Bearer",
      expires_in: minted.expiresIn,
      access_token: minted.token,
    });
  }

  function refusal(route: Route, ip: string, arrived: number): LimitReached | null {
    if (route.endpoint === "accessTokens" && !settings.tokenCounts) return null;
    const refused = admit(ip, arrived);
    if (refused) stats.refused();
    return refused;
  }

  return async (request, response, url) => {
    const { before, after } = latency();
    await pause(before, closing);
    const arrived = performance.now();
    const path = url.pathname.slice("/v1".length);
    const route = routeOf(request.method ?? "GET", path);
    stats.arrived(route.endpoint, arrived);
    response.once("close", stats.left);
    const refused = refusal(route, request.socket.remoteAddress ?? "", arrived);
    await pause(after, closing);

    const asked = { endpoint: route.endpoint, path: path + url.search };
    if (!refused) listeners.tell(asked);
    // The moment of the response: no event happens in the world until it is complete.
    const now = account.now();
    response.setHeader("Date", now.toUTCString());
    if (refused)
      return sendReply(request, response, replies.rateLimited(refused, settings.retryAfter, now), sending);

    const decision = faults.decide(asked);
    if (decision.fault) stats.faulted();
    const early = decision.fault === null ? null : replacementReply(decision.fault, settings, now);
    const reply = early ?? (await answer(request, route, url, decision));
    await sendWithFault(request, response, reply, decision.fault, sending);
  };
}

async function pause(ms: number, closing: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: closing });
}

/**
 * A part of the latency passes before a request is counted, as on a real line, and the rest before its
 * response.
 */
function latencyOf({ latencyMs }: SimulatorSettings, r: Random): () => { before: number; after: number } {
  if (latencyMs === 0) return () => ({ before: 0, after: 0 });
  const { min, max } = typeof latencyMs === "number" ? { min: latencyMs, max: latencyMs } : latencyMs;
  return () => {
    const whole = min + r() * (max - min);
    const before = r() * whole;
    return { before, after: whole - before };
  };
}

/** The query that gives the page before the one asked for. */
function previousPage(query: URLSearchParams): URLSearchParams {
  const previous = new URLSearchParams(query);
  const { limit, offset } = replies.pageRequest(query);
  previous.delete("afterId");
  previous.set("offset", String(Math.max(0, offset - limit)));
  return previous;
}
