import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "../account.ts";
import { rateLimits, type SimulatorSettings } from "../options.ts";
import { type Random, random, STREAM } from "../random.ts";
import { createEndpoints } from "./endpoints.ts";
import type { FaultEngine, Trouble } from "./fault-engine.ts";
import { readBody } from "./http.ts";
import { createRateLimiter } from "./rate-limits.ts";
import * as replies from "./replies.ts";
import { type Route, routeOf } from "./routes.ts";
import { send } from "./send.ts";
import type { Counters } from "./stats.ts";
import type { Tokens } from "./tokens.ts";
import { earlyTrouble, sendWithTrouble, withoutItems } from "./trouble.ts";

export interface ApiParts {
  readonly account: Account;
  readonly settings: SimulatorSettings;
  readonly tokens: Tokens;
  readonly faults: FaultEngine;
  readonly stats: Counters;
  /** Ends every wait when the simulator closes. */
  readonly closing: AbortSignal;
}

export type ApiHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** One request to `/v1`, from its arrival to its answer. */
export function createApi({ account, settings, tokens, faults, stats, closing }: ApiParts): ApiHandler {
  const limits = rateLimits(settings);
  const admit = limits === null ? () => null : createRateLimiter(limits);
  const endpoints = createEndpoints(account, settings);
  const sending = { settings, stats, closing };
  const latency = latencyOf(settings, random(settings.seed, STREAM.latency));

  async function answer(request: IncomingMessage, route: Route, url: URL, trouble: Trouble) {
    if (route.endpoint === "accessTokens") return token(request, url);
    if (!tokens.accepts(request.headers.authorization, performance.now())) return replies.tokenRefused();
    account.catchUp();
    const query = trouble.fault?.type === "repeat_page" ? previousPage(url.searchParams) : url.searchParams;
    const found = endpoints(route, query);
    if (typeof found === "string")
      return found === "not found" ? replies.notFound() : replies.cursorWithSort();
    return replies.json(200, spoiled(found, trouble));
  }

  function spoiled(body: Exclude<replies.Answer, string>, trouble: Trouble): Exclude<replies.Answer, string> {
    const left = withoutItems(body, trouble.fault);
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

  function refusal(route: Route, ip: string, now: number): replies.Reply | null {
    if (route.endpoint === "accessTokens" && !settings.tokenCounts) return null;
    const refused = admit(ip, now);
    if (!refused) return null;
    stats.refused();
    return replies.rateLimited(refused.limit, refused.applied, refused.waitMs, settings.retryAfter);
  }

  return async (request, response, url) => {
    const { before, after } = latency();
    await pause(before, closing);
    const now = performance.now();
    const path = url.pathname.slice("/v1".length);
    const route = routeOf(request.method ?? "GET", path);
    stats.arrived(route.endpoint, now);
    response.once("close", stats.left);
    const refused = refusal(route, request.socket.remoteAddress ?? "", now);
    await pause(after, closing);
    if (refused) return send(request, response, refused, sending);

    const trouble = faults.decide({ endpoint: route.endpoint, path: path + url.search });
    if (trouble.fault) stats.faulted();
    const early = trouble.fault === null ? null : earlyTrouble(trouble.fault, settings);
    const reply = early ?? (await answer(request, route, url, trouble));
    await sendWithTrouble(request, response, reply, trouble.fault, sending);
  };
}

async function pause(ms: number, closing: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: closing });
}

/** Some of the time passes before a request is counted, as on a real line, and the rest before its answer. */
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
