import { setMaxListeners } from "node:events";
import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { type Clock, systemClock } from "../../src/clock.ts";
import { type Environment, readConfig } from "../../src/config.ts";
import { type ErrorType, type Failure, failureFrom, ItemError, POLICY } from "../../src/domain/failure.ts";
import {
  type HostawayConnection,
  type HostawayOverrides,
  openHostaway,
} from "../../src/hostaway/connection.ts";
import { fiveTriesAtOnce, fiveTriesInQuarterOfAMinute } from "../../src/http/retry-policy.ts";
import { impatientClock } from "../support/hostaway.ts";
import { addressOfNobody, openBlackHole, startHttpServer, startTcpServer } from "../support/raw-server.ts";
import { until } from "../support/until.ts";

const API_KEY = "key-c0ffee-that-nobody-may-see";
const TOKEN = "token-5ecre7";
/** What a guest wrote; some server may send it back with an error. */
const GUEST = "Ada Lovelace asks for the door code";
const TOKEN_REFUSED = "The resource owner or authorization server denied the request.";
const CONVERSATION = { item_type: "conversation", item_id: "1406", conversation_id: "1406" } as const;

const { signal } = new AbortController();
setMaxListeners(0, signal);

type Send = (response: ServerResponse, token: string) => void;

interface Answers {
  readonly token?: Send;
  /** To every request but the token's. */
  readonly api?: Send;
  readonly env?: Environment;
  readonly clock?: Clock;
  readonly overrides?: HostawayOverrides;
}

interface Hostaway extends HostawayConnection, AsyncDisposable {
  /** What arrived at the server, and when by the client's clock. */
  readonly arrived: readonly { readonly path: string; readonly token: string; readonly at: number }[];
}

/** The real client, and a bare server that answers as the test says; every token it gives is a new one. */
async function openHostawayThat({
  token,
  api,
  env,
  clock = impatientClock,
  overrides,
}: Answers): Promise<Hostaway> {
  const arrived: { path: string; token: string; at: number }[] = [];
  const server = await startHttpServer((request, response) => {
    const path = (request.url ?? "").split("?", 1).join("");
    const bearer = (request.headers.authorization ?? "").replace("Bearer ", "");
    arrived.push({ path, token: bearer, at: clock.monotonic() });
    if (path !== "/accessTokens") return api?.(response, bearer);
    const number = arrived.filter((one) => one.path === path).length;
    (token ?? sendToken)(response, `${TOKEN}-${number}`);
  });
  const connection = connect(`http://${server.address}`, env, clock, overrides);
  return {
    ...connection,
    arrived,
    async [Symbol.asyncDispose]() {
      connection[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

function connect(
  url: string,
  env: Environment = {},
  clock: Clock = impatientClock,
  overrides: HostawayOverrides = {},
): HostawayConnection {
  const config = readConfig({
    HOSTAWAY_BASE_URL: url,
    HOSTAWAY_ACCOUNT_ID: "10001",
    HOSTAWAY_API_KEY: API_KEY,
    HOSTAWAY_RATE_LIMIT: "100000/1s",
    ...env,
  });
  return openHostaway(config.hostaway, clock, { retry: fiveTriesAtOnce, ...overrides });
}

function sendToken(response: ServerResponse, token: string): void {
  response.end(JSON.stringify({ token_type: "Bearer", expires_in: 15_897_600, access_token: token }));
}

const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Send =>
  (response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
  };

const bytes =
  (status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Send =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

const html = (status: number) =>
  bytes(status, `<html><h1>${GUEST}</h1></html>`, { "Content-Type": "text/html" });
const fine = json(200, { status: "success", result: { id: 1406 } });
const success = JSON.stringify({ status: "success", result: { id: 1406, body: GUEST } });

/** Asks for one conversation, which must fail, and without a word of what nobody may read. */
async function failing({ client }: HostawayConnection): Promise<{ error: ItemError; failure: Failure }> {
  const error: unknown = await client.conversation("1406", signal).catch((thrown: unknown) => thrown);
  const shown = inspect(error, { depth: 10, showHidden: true });
  for (const hidden of [API_KEY, TOKEN, "Bearer", ...GUEST.split(" ", 2)])
    expect(shown).not.toContain(hidden);
  if (!(error instanceof ItemError)) throw new Error(`not an ItemError: ${shown}`);
  return { error, failure: failureFrom(error, CONVERSATION) };
}

/** What the report says of a conversation that could not be read. */
function reported(
  error_type: ErrorType,
  message: unknown,
  http_status: number | null,
  attempts: number,
): unknown {
  return {
    failure_id: "conversation:1406",
    ...CONVERSATION,
    stage: "extract",
    error_type,
    message,
    attempts,
    http_status,
  };
}

const asked = ({ arrived }: Hostaway) => arrived.filter(({ path }) => path !== "/accessTokens");
const minted = ({ arrived }: Hostaway) => arrived.filter(({ path }) => path === "/accessTokens");

describe("credentials that Hostaway does not accept", () => {
  test.each<[string, Send]>([
    ["in OAuth's words", json(401, { error: "invalid_client", error_description: GUEST })],
    ["in words that repeat the key", json(401, { status: "fail", message: `no such key: ${API_KEY}` })],
    ["in a page for people", html(401)],
    ["without a word", bytes(401, "")],
  ])("(401 to the token, %s) are said once and end the run", async (_, token) => {
    await using hostaway = await openHostawayThat({ token });

    const { error, failure } = await failing(hostaway);

    const message = "POST /accessTokens: Hostaway does not accept the credentials";
    expect(failure).toEqual(reported("unauthorized", message, 401, 1));
    expect(error.endsRun).toBe(true);
    expect(hostaway.arrived).toHaveLength(1);
  });

  test("while the run goes on, at the renewal of a token, end it", async () => {
    const token: Send = (response, number) =>
      number === `${TOKEN}-1`
        ? sendToken(response, number)
        : json(401, { error: "invalid_client" })(response, "");
    await using hostaway = await openHostawayThat({ token, api: json(403, { message: TOKEN_REFUSED }) });

    const { error, failure } = await failing(hostaway);

    expect(failure).toMatchObject({ error_type: "unauthorized", http_status: 401 });
    expect(error.endsRun).toBe(true);
    expect(hostaway.arrived).toHaveLength(3);
  });

  test.each<[string, Send, ErrorType, number | null, number]>([
    ["a failing server", json(503, {}), "server_error", 503, 5],
    ["a page for people", html(200), "server_error", 200, 5],
    ["a rate limit", json(429, {}, { "Retry-After": "0" }), "rate_limit", 429, 5],
    ["a hang-up", (response) => response.destroy(), "network_error", null, 5],
    ["JSON without a token", json(200, { access_token: "", hint: GUEST }), "server_error", null, 1],
    ["a refusal of another kind", json(403, { message: "Public api is disabled" }), "unexpected", 403, 1],
  ])("are not concluded from %s", async (_, token, type, status, tries) => {
    await using hostaway = await openHostawayThat({ token });

    const { error, failure } = await failing(hostaway);

    expect(failure).toEqual(reported(type, expect.stringMatching(/^POST \/accessTokens: /), status, tries));
    expect(error.endsRun).toBe(false);
    expect(hostaway.arrived).toHaveLength(tries);
  });
});

describe("a token that is refused (403)", () => {
  const CALLERS = 20;
  const refuse = json(403, { status: "fail", message: TOKEN_REFUSED });
  const callsOf = ({ client }: HostawayConnection) =>
    Array.from({ length: CALLERS }, () => client.conversation("1406", signal));

  test.each<[string, unknown]>([
    ["message", { status: "fail", message: TOKEN_REFUSED }],
    ["result", { status: "fail", result: TOKEN_REFUSED }],
    ["result beside an empty message", { status: "fail", message: "", result: TOKEN_REFUSED }],
  ])("is recognised by the words in %s, renewed, and the request made once more", async (_, body) => {
    const api: Send = (response, token) => (token.endsWith("-1") ? json(403, body) : fine)(response, token);
    await using hostaway = await openHostawayThat({ api });

    await hostaway.client.conversation("1406", signal);

    expect(asked(hostaway).map(({ token }) => token)).toEqual([`${TOKEN}-1`, `${TOKEN}-2`]);
    expect(minted(hostaway)).toHaveLength(2);
  });

  test("is renewed once for any number of callers, also for those who learn of it after the renewal", async () => {
    const late: ServerResponse[] = [];
    const api: Send = (response, token) => {
      if (token.endsWith("-1") && late.length < CALLERS / 2) return void late.push(response);
      if (token.endsWith("-1")) return refuse(response, token);
      for (const waiting of late.filter(({ writableEnded }) => !writableEnded)) refuse(waiting, token);
      fine(response, token);
    };
    await using hostaway = await openHostawayThat({ api });

    await Promise.all(callsOf(hostaway));

    expect(minted(hostaway)).toHaveLength(2);
    expect(asked(hostaway)).toHaveLength(2 * CALLERS);
  });

  test("and refused again when it is new ends the run, not in a loop", async () => {
    await using hostaway = await openHostawayThat({ api: refuse });

    const { error, failure } = await failing(hostaway);

    const message = `GET /conversations/1406: HTTP 403, "${TOKEN_REFUSED}"`;
    expect(failure).toMatchObject({ error_type: "unauthorized", http_status: 403, message });
    expect(error.endsRun).toBe(true);
    expect([minted(hostaway).length, asked(hostaway).length]).toEqual([2, 2]);
  });

  test("and refused again for many callers costs one renewal and one more request of each", async () => {
    await using hostaway = await openHostawayThat({ api: refuse });

    const settled = await Promise.allSettled(callsOf(hostaway));

    expect(settled.map(({ status }) => status)).toEqual(settled.map(() => "rejected"));
    expect([minted(hostaway).length, asked(hostaway).length]).toEqual([2, 2 * CALLERS]);
  });

  test("counts as refused when the answer is a 401, which Hostaway does not use here", async () => {
    await using hostaway = await openHostawayThat({ api: html(401) });

    const { error, failure } = await failing(hostaway);

    expect(failure).toMatchObject({ error_type: "unauthorized", http_status: 401 });
    expect(error.endsRun).toBe(true);
    expect([minted(hostaway).length, asked(hostaway).length]).toEqual([2, 2]);
  });

  test.each<[string, Send, string]>([
    [
      "in message",
      json(403, { status: "fail", message: "Public api is disabled for this account" }),
      ', "Public api is disabled for this account"',
    ],
    ["in result", json(403, { status: "fail", result: "Cannot modify" }), ', "Cannot modify"'],
    ["with other keys", json(403, { status: "fail", result: { guest: GUEST } }), ""],
    ["in a page for people", html(403), ""],
    ["without a word", bytes(403, ""), ""],
  ])("for another reason (%s) is permanent for that request and costs no token", async (_, api, words) => {
    await using hostaway = await openHostawayThat({ api });

    const { error, failure } = await failing(hostaway);

    expect(failure).toEqual(reported("unexpected", `GET /conversations/1406: HTTP 403${words}`, 403, 1));
    expect([error.endsRun, POLICY[error.type].retry]).toEqual([false, false]);
    expect([minted(hostaway).length, asked(hostaway).length]).toEqual([1, 1]);
  });
});

describe("the renewal of a token", () => {
  /** Holds back the first token until the test says so. */
  function heldToken(): { token: Send; release: () => void; asked: () => boolean } {
    const held: ServerResponse[] = [];
    return {
      token: (response, token) =>
        token.endsWith("-1") ? void held.push(response) : sendToken(response, token),
      release: () => held.forEach((response) => void sendToken(response, `${TOKEN}-1`)),
      asked: () => held.length > 0,
    };
  }

  test("given up by the caller who began it goes on for the others", async () => {
    const { token, asked } = heldToken();
    await using hostaway = await openHostawayThat({ token, api: fine });
    const stop = new AbortController();

    const first = hostaway.client.conversation("1406", stop.signal);
    const second = hostaway.client.conversation("1407", signal);
    const outcomes = Promise.allSettled([first, second]);
    await until(asked);
    stop.abort();

    expect(await outcomes).toMatchObject([
      { status: "rejected", reason: { type: "interrupted" } },
      { status: "fulfilled" },
    ]);
  });

  test("stopped in the token's first second is interrupted, and no bug of ours", async () => {
    const stop = new AbortController();
    const clock: Clock = {
      ...systemClock,
      sleep(ms, stopped) {
        stop.abort();
        return systemClock.sleep(ms, stopped);
      },
    };
    await using hostaway = await openHostawayThat({ clock, api: fine });

    const call = hostaway.client.conversation("1406", stop.signal);

    await expect(call).rejects.toMatchObject({ name: "ItemError", type: "interrupted" });
  });
});

describe("an answer that says no", () => {
  test.each<[string, Send, ErrorType, number, number, string]>([
    [
      "404",
      json(404, { status: "fail", message: "Resource not found" }),
      "not_found",
      404,
      1,
      ', "Resource not found"',
    ],
    ["404 as a page for people", html(404), "not_found", 404, 1, ""],
    [
      "400",
      json(400, { status: "fail", message: "limit is invalid" }),
      "unexpected",
      400,
      1,
      ', "limit is invalid"',
    ],
    ["405", bytes(405, ""), "unexpected", 405, 1, ""],
    ["422", json(422, { errors: [GUEST] }), "unexpected", 422, 1, ""],
    [
      "200 and fail, the words in message",
      json(200, { status: "fail", message: "Cannot modify" }),
      "unexpected",
      200,
      1,
      ', "Cannot modify"',
    ],
    [
      "200 and fail, the words in result",
      json(200, { status: "fail", result: "Cannot modify" }),
      "unexpected",
      200,
      1,
      ', "Cannot modify"',
    ],
    [
      "200 and fail, the words in result, message empty",
      json(200, { status: "fail", message: "", result: "Cannot modify" }),
      "unexpected",
      200,
      1,
      ', "Cannot modify"',
    ],
    [
      "200 and fail, with an object",
      json(200, { status: "fail", result: { body: GUEST }, message: [GUEST] }),
      "unexpected",
      200,
      1,
      "",
    ],
    [
      "200 and fail, although there is a result",
      json(200, { status: "fail", result: [{ body: GUEST }] }),
      "unexpected",
      200,
      1,
      "",
    ],
    [
      "302",
      bytes(302, "", { Location: "http://127.0.0.1:9/" }),
      "unexpected",
      302,
      1,
      ", an unexpected redirect",
    ],
    ["408", json(408, { status: "fail" }), "timeout", 408, 5, ""],
    ["408 as a page for people", html(408), "timeout", 408, 5, ""],
    ["429", json(429, { status: "fail" }, { "Retry-After": "0" }), "rate_limit", 429, 5, ""],
    ["429 as a page for people", html(429), "rate_limit", 429, 5, ""],
    [
      "500",
      json(500, { status: "fail", message: "Server error" }),
      "server_error",
      500,
      5,
      ', "Server error"',
    ],
    [
      "500 and success",
      json(500, { status: "success", result: { body: GUEST } }),
      "server_error",
      500,
      5,
      "",
    ],
    ["502 as a page for people", html(502), "server_error", 502, 5, ""],
    ["503 without a word", bytes(503, ""), "server_error", 503, 5, ""],
    ["504 as a page for people", html(504), "server_error", 504, 5, ""],
    ["522 of a network in between", bytes(522, GUEST), "server_error", 522, 5, ""],
  ])(
    "(%s) is called what it is, and asked for again only where that helps",
    async (_, api, type, status, tries, words) => {
      await using hostaway = await openHostawayThat({ api });

      const { error, failure } = await failing(hostaway);

      const message = `GET /conversations/1406: HTTP ${status}${words}`;
      const { remedy = "HOSTAWAY_BASE_URL", ...others } = failure;
      expect(remedy).toContain("HOSTAWAY_BASE_URL");
      expect(others).toEqual(reported(type, message, status, tries));
      expect([error.endsRun, POLICY[type].retry]).toEqual([false, tries > 1]);
      expect(asked(hostaway)).toHaveLength(tries);
    },
  );

  test.each([408, 429, 500, 502, 503, 504])(
    "with %i is forgotten when the next one is good",
    async (status) => {
      let answers = 0;
      const api: Send = (response, token) => {
        answers += 1;
        (answers === 1 ? json(status, {}, { "Retry-After": "0" }) : fine)(response, token);
      };
      await using hostaway = await openHostawayThat({ api });

      expect(await hostaway.client.conversation("1406", signal)).toEqual({ id: 1406 });
      expect(hostaway.counts()).toMatchObject({ retries: 1, rate_limited: status === 429 ? 1 : 0 });
    },
  );

  test("is made again at most after 1, 2, 4 and 8 seconds", async () => {
    const clock = hastyClock();
    const overrides = { retry: fiveTriesInQuarterOfAMinute };
    await using hostaway = await openHostawayThat({ clock, overrides, api: html(502) });

    await failing(hostaway);

    const waits = waitsBetween(asked(hostaway));
    expect(waits).toHaveLength(4);
    [1_000, 2_000, 4_000, 8_000].forEach((longest, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(0);
      expect(waits[index]).toBeLessThanOrEqual(longest);
    });
    expect(new Set(waits).size).toBe(4); // no two the same: it is chance, so that clients do not come together
  });
});

describe("the words of a refusal", () => {
  const refusedWith = (message: string) => json(403, { status: "fail", message });

  test("show neither e-mail addresses nor phone numbers", async () => {
    const message =
      "No booking of ada@example.com, +351 912 345 678, (0171) 234-5678 or 00491712345678 found";
    await using hostaway = await openHostawayThat({ api: refusedWith(message) });

    const { failure } = await failing(hostaway);

    expect(failure.message).toContain("No booking of");
    expect(failure.message).not.toMatch(/ada|example|912|345|171|5678/);
  });

  test("are cut short without showing the beginning of an address or a number", async () => {
    const shown: string[] = [];
    let padding = 100;
    const api: Send = (response, token) => {
      const message = `${"-".repeat(padding)} babbage.ada@example.com +351 912 345 678 ${GUEST.repeat(9)}`;
      refusedWith(message)(response, token);
    };
    await using hostaway = await openHostawayThat({ api });

    for (; padding < 160; padding += 1) {
      const error: unknown = await hostaway.client.conversation("1406", signal).catch((thrown) => thrown);
      shown.push(String(error));
    }

    expect(shown.filter((text) => /babbage|example|351|912/.test(text))).toEqual([]);
    expect(Math.max(...shown.map((text) => text.length))).toBeLessThan(250);
  });

  test.each<[string, (token: string) => string]>([
    ["token", (token) => `The token ${token} is not valid`],
    ["header", (token) => `Authorization: Bearer ${token}`],
    ["token at the place where they are cut", (token) => `${"- ".repeat(76)}${token}`],
  ])("do not give back our %s", async (_, words) => {
    await using hostaway = await openHostawayThat({
      api: (response, token) => refusedWith(words(token))(response, token),
    });

    const { failure } = await failing(hostaway);

    expect(failure.error_type).toBe("unexpected");
    expect(failure.message).not.toContain(TOKEN.slice(0, 7));
  });

  test("do not give back our key", async () => {
    await using hostaway = await openHostawayThat({
      token: json(400, { error: `client_secret ${API_KEY} is not valid` }),
    });

    const { failure } = await failing(hostaway); // looks for the key

    expect(failure).toMatchObject({ error_type: "unexpected", http_status: 400 });
  });

  test("stay on one line, and move no cursor", async () => {
    await using hostaway = await openHostawayThat({ api: refusedWith("Cannot\r\n\u001b[2Jmodify\u0000 it") });

    const { failure } = await failing(hostaway);

    expect(failure.message).not.toMatch(/\p{Cc}/u);
    expect(failure.message).toContain("modify");
  });

  test("are read in no time, however long they are", async () => {
    await using hostaway = await openHostawayThat({ api: refusedWith("1(".repeat(2 * 2 ** 20)) });
    const started = performance.now();

    const { failure } = await failing(hostaway);

    expect(failure.message.length).toBeLessThan(250);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("an answer that cannot be read", () => {
  const long = `{"status":"success","result":{"id":1406,"body":"${`${GUEST} `.repeat(320_000)}`; // 11 MB, cut off

  test.each<[string, Send]>([
    ["a page for people", html(200)],
    ["nothing", bytes(200, "")],
    ["JSON that is cut off", bytes(200, success.slice(0, -5))],
    ["11 MB of JSON that is cut off", bytes(200, long)],
    ["11 MB of noise", bytes(200, Buffer.alloc(11 * 2 ** 20, `${GUEST}\u0000`))],
    ["what is said to be packed, and is not", bytes(200, success, { "Content-Encoding": "gzip" })],
    [
      "packed JSON that is cut off",
      bytes(200, gzipSync(success).subarray(0, -9), { "Content-Encoding": "gzip" }),
    ],
    [
      "70 MB, packed into a few",
      bytes(200, gzipSync(success.padEnd(70 * 2 ** 20)), { "Content-Encoding": "gzip" }),
    ],
    [
      "half of another packing than was asked for",
      bytes(200, brotliCompressSync(success).subarray(0, -9), { "Content-Encoding": "br" }),
    ],
    ["an empty list", json(200, [])],
    ["null", json(200, null)],
    ["a text", json(200, GUEST)],
    ["a number", json(200, 42)],
    ["an empty object", json(200, {})],
    ["a result without a status", json(200, { result: { id: 1406, body: GUEST } })],
    ["a status that is no text", json(200, { status: 1, result: { id: 1406, body: GUEST } })],
  ])("(%s) is a server_error, and asked for five times", async (_, api) => {
    await using hostaway = await openHostawayThat({ api });

    const { error, failure } = await failing(hostaway);

    const message = "GET /conversations/1406: HTTP 200 whose body is not Hostaway's JSON";
    expect(failure).toEqual(reported("server_error", message, 200, 5));
    expect([error.endsRun, POLICY[error.type].retry]).toEqual([false, true]);
    expect(asked(hostaway)).toHaveLength(5);
  });

  test.each<[string, unknown]>([
    ["no result", { status: "success" }],
    ["null", { status: "success", result: null }],
    ["a text", { status: "success", result: GUEST }],
    ["a list", { status: "success", result: [{ id: 1406, body: GUEST }] }],
  ])("for one thing (%s) is a server_error, and left to the next run", async (_, body) => {
    await using hostaway = await openHostawayThat({ api: json(200, body) });

    const { error, failure } = await failing(hostaway);

    const message = "/conversations/1406: the response holds no object";
    expect(failure).toMatchObject({ error_type: "server_error", message, attempts: 1 });
    expect([error.endsRun, POLICY[error.type].retry]).toEqual([false, true]);
    expect(asked(hostaway)).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ["no result", { status: "success" }],
    ["null", { status: "success", result: null }],
    ["a text", { status: "success", result: GUEST }],
    ["an object", { status: "success", result: { id: 1406, body: GUEST } }],
  ])("for a list (%s) is a server_error, and left to the next run", async (_, body) => {
    await using hostaway = await openHostawayThat({ api: json(200, body) });

    const pages = hostaway.client.messages("1406", 0, signal);

    await expect(pages[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      type: "server_error",
      message: "messages of conversation 1406: the response holds no list",
      endsRun: false,
    });
    expect(asked(hostaway)).toHaveLength(1);
  });

  test("because it has no end is given up at 64 MB, as a server_error", async () => {
    const chunk = Buffer.alloc(2 ** 20, " ");
    const overrides = { retry: { ...fiveTriesAtOnce, retries: 0 } };
    let sent = 0;
    const api: Send = (response) => {
      const more = () => {
        for (let room = true; room && !response.destroyed; sent += 1) room = response.write(chunk);
      };
      response.on("drain", more);
      more();
    };
    await using hostaway = await openHostawayThat({ api, overrides });

    const { failure } = await failing(hostaway);

    expect(failure).toMatchObject({ error_type: "server_error", attempts: 1 });
    expect(sent).toBeLessThan(128);
  });
});

describe("after a 429", () => {
  const START = new Date("2026-01-01T01:00:00Z");
  const WINDOW_MS = 10_000;
  const inSeconds = (seconds: number) => String(START.getTime() / 1_000 + seconds);
  const dateIn = (seconds: number) => new Date(START.getTime() + seconds * 1_000).toUTCString();

  test.each<[string, Readonly<Record<string, string>>, number]>([
    ["until the moment that Hostaway names", { "X-RateLimit-Retry-After": inSeconds(8) }, 7_000],
    ["no time when that moment is over", { "X-RateLimit-Retry-After": inSeconds(-7) }, 0],
    [
      "until that moment by the server's clock, which is 10 minutes ahead",
      { "X-RateLimit-Retry-After": inSeconds(607), Date: dateIn(600) },
      7_000,
    ],
    [
      "five minutes when that moment is next year",
      { "X-RateLimit-Retry-After": inSeconds(31_536_000) },
      300_000,
    ],
    ["the seconds that Hostaway names", { "X-RateLimit-Retry-After": "4" }, 4_000],
    ["the seconds of the standard header", { "Retry-After": "3" }, 3_000],
    ["until the date of the standard header", { "Retry-After": dateIn(43), Date: dateIn(1) }, 42_000],
    [
      "until that date by the server's clock, which is 10 minutes ahead",
      { "Retry-After": dateIn(642), Date: dateIn(600) },
      42_000,
    ],
    ["no time when that date is over", { "Retry-After": dateIn(-3_600), Date: dateIn(1) }, 0],
    [
      "as Hostaway's header says before the standard one",
      { "X-RateLimit-Retry-After": "4", "Retry-After": "3" },
      4_000,
    ],
    [
      "as the standard header says when Hostaway's is garbage",
      { "X-RateLimit-Retry-After": "soon", "Retry-After": "3" },
      3_000,
    ],
    [
      "a full window when both are garbage",
      { "X-RateLimit-Retry-After": "soon", "Retry-After": "later" },
      WINDOW_MS,
    ],
    ["a full window when both are empty", { "X-RateLimit-Retry-After": "", "Retry-After": "" }, WINDOW_MS],
    ["a full window when nothing is said", {}, WINDOW_MS],
  ])("we wait %s", async (_, headers, wait) => {
    const clock = hastyClock(START);
    const api: Send = (response, token) => {
      response.sendDate = false;
      const first = asked(hostaway).length === 1;
      (first ? json(429, { status: "fail", message: GUEST }, headers) : fine)(response, token);
    };
    await using hostaway = await openHostawayThat({ clock, api, env: { HOSTAWAY_RATE_LIMIT: "180/10s" } });

    await hostaway.client.conversation("1406", signal);

    expect(waitsBetween(asked(hostaway))).toEqual([wait]);
    expect(hostaway.counts()).toMatchObject({ rate_limited: 1, retries: 1 });
  });

  test("and another, and another, each is waited out, and the fifth is the last", async () => {
    const clock = hastyClock(START);
    const api = json(429, { status: "fail" }, { "Retry-After": "30" });
    await using hostaway = await openHostawayThat({ clock, api });

    const { error, failure } = await failing(hostaway);

    expect(waitsBetween(asked(hostaway))).toEqual([30_000, 30_000, 30_000, 30_000]);
    expect(failure).toEqual(reported("rate_limit", "GET /conversations/1406: HTTP 429", 429, 5));
    expect(error.endsRun).toBe(false);
  });

  test("to the token, the token waits just as long", async () => {
    const clock = hastyClock(START);
    const token: Send = (response, next) =>
      next.endsWith("-1")
        ? json(429, {}, { "Retry-After": "30" })(response, next)
        : sendToken(response, next);
    await using hostaway = await openHostawayThat({ clock, token, api: fine });

    await hostaway.client.conversation("1406", signal);

    expect(waitsBetween(minted(hostaway))).toEqual([30_000]);
  });
});

describe("an answer that does not come in time", () => {
  const env = { HOSTAWAY_TIMEOUT: "100ms" };
  const message = "GET /conversations/1406: no complete response within 100 ms";
  /** A byte now and then, so that no silence is ever long. */
  const drip = (response: ServerResponse) => {
    const dripping = setInterval(() => response.write(" "), 10);
    response.once("close", () => clearInterval(dripping));
  };

  test.each<[string, Send]>([
    ["not one byte", () => undefined],
    ["the head only", (response) => response.writeHead(200).flushHeaders()],
    [
      "half of the body",
      (response) => void response.writeHead(200, { "Content-Length": "9999" }).write(success),
    ],
    ["the body byte by byte, for ever", drip],
    ["the head of a refusal, and its body byte by byte", (response) => drip(response.writeHead(403))],
  ])("(%s) is a timeout, after five tries", async (_, api) => {
    await using hostaway = await openHostawayThat({ api, env });

    const { error, failure } = await failing(hostaway);

    expect(failure).toEqual(reported("timeout", message, null, 5));
    expect([error.endsRun, POLICY[error.type].retry]).toEqual([false, true]);
    expect(asked(hostaway)).toHaveLength(5);
  });

  const toToken = reported(
    "timeout",
    message.replace("GET /conversations/1406", "POST /accessTokens"),
    null,
    5,
  );

  test("because no connection is made is a timeout, after five tries", async () => {
    await using hole = await openBlackHole();
    using hostaway = connect(`http://${hole.address}`, env);

    const { error, failure } = await failing(hostaway);

    expect(failure).toEqual(toToken);
    expect(error.endsRun).toBe(false);
    expect(hole.swallows()).toBe(true);
    expect(hostaway.counts()).toMatchObject({ calls: 5 });
  });

  test("because nobody answers the TLS handshake is a timeout, after five tries", async () => {
    let connections = 0;
    await using server = await startTcpServer(() => {
      connections += 1;
    });
    using hostaway = connect(`https://${server.address}`, env);

    const { failure } = await failing(hostaway);

    expect(failure).toEqual(toToken);
    expect(connections).toBe(5);
  });

  test("leaves no connection behind", async () => {
    let closed = 0;
    const api: Send = (response) => void response.once("close", () => (closed += 1));
    await using hostaway = await openHostawayThat({ api, env });

    await failing(hostaway);
    await until(() => closed === 5);

    expect(asked(hostaway)).toHaveLength(5);
  });
});

describe("a connection that breaks", () => {
  const code = expect.stringMatching(/^GET \/conversations\/1406: [A-Z_]+ at 127\.0\.0\.1:\d+$/);
  const half = (response: ServerResponse) => {
    response.writeHead(200, { "Content-Length": "9999" }).write(success);
    return response.socket;
  };

  test.each<[string, Send]>([
    ["closed before the answer", (response) => response.socket?.end()],
    ["reset before the answer", (response) => response.socket?.resetAndDestroy()],
    [
      "reset after the head",
      (response) => {
        response.writeHead(200, { "Content-Length": "9999" }).flushHeaders();
        response.socket?.resetAndDestroy();
      },
    ],
    ["reset in the middle of the body", (response) => half(response)?.resetAndDestroy()],
    ["closed in the middle of the body", (response) => half(response)?.end()],
    [
      "closed in the middle of a body of unknown length",
      (response) => {
        response.writeHead(200).write(success);
        response.socket?.end();
      },
    ],
    ["garbage instead of HTTP", (response) => response.socket?.end(`SSH-2.0-${GUEST}\r\n\r\n`)],
  ])("(%s) is a network_error, after five tries", async (_, api) => {
    await using hostaway = await openHostawayThat({ api });

    const { error, failure } = await failing(hostaway);

    // The head may have arrived, or not.
    expect({ ...failure, http_status: null }).toEqual(reported("network_error", code, null, 5));
    expect([null, 200]).toContain(failure.http_status);
    expect([error.endsRun, POLICY[error.type].retry]).toEqual([false, true]);
    expect(asked(hostaway)).toHaveLength(5);
  });

  test("is forgotten when the next one holds", async () => {
    const api: Send = (response, token) => {
      if (asked(hostaway).length > 2) return fine(response, token);
      half(response)?.resetAndDestroy();
    };
    await using hostaway = await openHostawayThat({ api });

    expect(await hostaway.client.conversation("1406", signal)).toEqual({ id: 1406 });
    expect(hostaway.counts()).toMatchObject({ retries: 2 });
  });

  test.each<[string, () => Promise<string>, RegExp]>([
    ["there is no such host", async () => "http://no-such-host.invalid", /ENOTFOUND|EAI_AGAIN/],
    ["nobody listens", async () => `http://${await addressOfNobody()}`, /ECONNREFUSED/],
  ])("or is not made, as %s, is a network_error, after five tries", async (_, find, why) => {
    using hostaway = connect(await find());

    const { error, failure } = await failing(hostaway);

    expect(failure).toEqual(reported("network_error", expect.stringMatching(why), null, 5));
    expect(error.endsRun).toBe(false);
    expect(hostaway.counts()).toMatchObject({ calls: 5, retries: 4 });
  });

  test("or is not made, as the server does not speak TLS, is a network_error, after five tries", async () => {
    await using server = await startHttpServer((_, response) => void response.end());
    using hostaway = connect(`https://${server.address}`);

    const { failure } = await failing(hostaway);

    expect(failure).toEqual(
      reported("network_error", expect.stringMatching(/: E[A-Z_]+ at 127\.0\.0\.1:\d+$/), null, 5),
    );
  });
});

/** Stands still but for those who sleep: each moves it to the moment of waking, at once. */
function hastyClock(start = new Date("2026-01-01T01:00:00Z")): Clock {
  let elapsed = 0;
  return {
    now: () => new Date(start.getTime() + elapsed),
    monotonic: () => elapsed,
    async sleep(ms, stopped) {
      const due = elapsed + ms;
      await systemClock.sleep(0, stopped);
      elapsed = Math.max(elapsed, due);
    },
  };
}

function waitsBetween(arrived: Hostaway["arrived"]): number[] {
  return arrived.slice(1).map(({ at }, index) => at - (arrived[index]?.at ?? 0));
}
