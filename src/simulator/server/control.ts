import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EJSON } from "bson";
import { z } from "zod";
import { HOUR_MS } from "../../domain/time.ts";
import type { Account } from "../account.ts";
import { FaultRules } from "../faults.ts";
import type { FaultEngine } from "./fault-engine.ts";
import { type RequestHandler, readBody } from "./http.ts";
import type { Counters } from "./stats.ts";

export interface ControlParts {
  readonly account: Account;
  readonly faults: FaultEngine;
  readonly stats: Counters;
  readonly accountId: string;
}

type Action = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const Advance = z.strictObject({
  hours: z.number().nonnegative().optional(),
  ms: z.number().nonnegative().optional(),
});

/** Everything under `/_simulator`, for programs in any language; no token, no limits, no faults. */
export function createControl({ account, faults, stats, accountId }: ControlParts): RequestHandler {
  const { oracle } = account;

  const actions: Readonly<Record<string, Action>> = {
    "GET /_simulator": (_, response) => sendJson(response, 200, accountDescription(accountId, account.now())),
    "POST /_simulator/advance": async (request, response) => {
      const { hours = 0, ms = 0 } = Advance.parse(await readJson(request));
      account.advance(hours * HOUR_MS + ms);
      sendJson(response, 200, { now: account.now() });
    },
    "GET /_simulator/faults": (_, response) =>
      sendJson(response, 200, { rules: faults.rules(), poisoned: faults.poisoned() }),
    "PUT /_simulator/faults": async (request, response) => {
      faults.set(FaultRules.parse(await readJson(request)));
      sendJson(response, 200, { rules: faults.rules() });
    },
    "DELETE /_simulator/faults": (_, response) => {
      faults.clear();
      sendJson(response, 200, { rules: [] });
    },
    "GET /_simulator/stats": (_, response) => sendJson(response, 200, stats.read()),
    "POST /_simulator/stats/reset": (_, response) => {
      stats.reset();
      sendJson(response, 200, stats.read());
    },
    "GET /_simulator/oracle/counts": (_, response) => sendJson(response, 200, oracle.counts()),
    "GET /_simulator/oracle/messages": (_, response) => streamLines(response, oracle.messages()),
    "GET /_simulator/oracle/conversations": (_, response) => streamLines(response, oracle.conversations()),
    "GET /_simulator/oracle/reservations": (_, response) => streamLines(response, oracle.reservations()),
    "GET /_simulator/oracle/listings": (_, response) => streamLines(response, oracle.listings()),
  };

  return async (request, response, url) => {
    const action = actions[`${request.method} ${url.pathname.replace(/\/$/, "")}`];
    if (!action) return sendJson(response, 404, { error: "no such thing", see: "/_simulator" });
    try {
      await action(request, response);
    } catch (error) {
      if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
      sendJson(response, 400, {
        error: error instanceof z.ZodError ? z.prettifyError(error) : error.message,
      });
    }
  };
}

function accountDescription(accountId: string, now: Date) {
  return {
    what: "A simulated Hostaway account. The API itself is under /v1.",
    accountId,
    now,
    links: {
      advance: 'POST /_simulator/advance {"hours": 24}',
      faults: "GET, PUT, DELETE /_simulator/faults",
      stats: "GET /_simulator/stats, POST /_simulator/stats/reset",
      oracle: "GET /_simulator/oracle/{messages,conversations,reservations,listings,counts}",
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request);
  return text === "" ? {} : JSON.parse(text);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

const LINES_AT_ONCE = 64;

/** One document per line, as relaxed extended JSON; written as fast as the client reads. */
async function streamLines(response: ServerResponse, documents: Iterable<object>): Promise<void> {
  response.writeHead(200, { "Content-Type": "application/x-ndjson" });
  await pipeline(Readable.from(chunks(documents), { objectMode: false }), response);
}

function* chunks(documents: Iterable<object>): Generator<string> {
  let lines = "";
  let count = 0;
  for (const document of documents) {
    lines += `${EJSON.stringify(document, { relaxed: true })}\n`;
    if (++count % LINES_AT_ONCE !== 0) continue;
    yield lines;
    lines = "";
  }
  if (lines !== "") yield lines;
}
