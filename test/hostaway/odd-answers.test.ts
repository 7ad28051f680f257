import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../../src/config.ts";
import { ItemError } from "../../src/domain/failure.ts";
import { openHostaway } from "../../src/hostaway/connection.ts";
import { fiveTriesAtOnce } from "../../src/http/retry-policy.ts";
import { impatientClock } from "../support/hostaway.ts";
import { type HttpHandler, startHttpServer } from "../support/raw-server.ts";

const TOKEN = { token_type: "Bearer", expires_in: 63_072_000, access_token: "odd-but-valid" };
const LIST = { status: "success", result: [], count: 0, limit: 1, offset: 0 };
const signal = new AbortController().signal;

interface Answers {
  readonly token?: unknown;
  readonly list?: HttpHandler;
}

const json =
  (body: unknown): HttpHandler =>
  (_, response) =>
    response.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));

/** Asks a server like this for its properties; tells what it was asked for. */
async function ping({ token = TOKEN, list = json(LIST) }: Answers, path = "/v1", timeout = "5s") {
  const asked: string[] = [];
  await using server = await startHttpServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ""}`.trim());
    if (request.url === "/v1/accessTokens") json(token)(request, response);
    else if (request.url?.startsWith("/v1/listings")) list(request, response);
    else response.writeHead(404).end("<h1>404</h1>");
  });
  const config = readConfig({
    HOSTAWAY_ACCOUNT_ID: "10001",
    HOSTAWAY_API_KEY: "key",
    HOSTAWAY_BASE_URL: `http://${server.address}${path}`,
    HOSTAWAY_TIMEOUT: timeout,
  });
  using hostaway = openHostaway(config.hostaway, impatientClock, { retry: fiveTriesAtOnce });
  const error = await hostaway.client.ping(signal).then(
    () => null,
    (thrown: unknown) => thrown as ItemError,
  );
  const again = error ?? (await hostaway.client.ping(signal).catch((thrown: unknown) => thrown as ItemError));
  return { asked, error: again ?? null, address: server.address };
}

describe("a token is understood however its answer is written", () => {
  test.each([
    ["as documented", TOKEN],
    ["with its life as text", { ...TOKEN, expires_in: "63072000" }],
    ["without its life", { access_token: TOKEN.access_token }],
    ["with no life", { ...TOKEN, expires_in: null }],
    ["with a life of nothing", { ...TOKEN, expires_in: 0 }],
    ["with a life below nothing", { ...TOKEN, expires_in: -5 }],
    ["with a life that is no number", { ...TOKEN, expires_in: "for ever" }],
    ["with an endless life", { ...TOKEN, expires_in: 1e300 }],
    ["with a short life", { ...TOKEN, expires_in: 20 }],
    ["in the envelope of all other answers", { status: "success", result: TOKEN }],
    ["in the envelope, its life as text", { status: "success", result: { ...TOKEN, expires_in: "3600" } }],
    ["after a byte order mark", `\ufeff${JSON.stringify(TOKEN)}`],
  ])("%s", async (_, token) => {
    const { asked, error } = await ping({ token });

    expect(error).toBeNull();
    expect(asked).toEqual([
      "/v1/accessTokens",
      "/v1/listings?limit=1&offset=0 Bearer odd-but-valid",
      "/v1/listings?limit=1&offset=0 Bearer odd-but-valid",
    ]);
  });

  test.each([
    [{}],
    [{ result: {} }],
    [{ access_token: "" }],
    [{ access_token: 7 }],
    [[]],
    ["null"],
    ['"token"'],
  ])("%j holds none", async (token) => {
    expect((await ping({ token })).error).toMatchObject({ type: "server_error" });
  });
});

describe("an answer is understood however it is packed", () => {
  const body = JSON.stringify(LIST);
  const packed =
    (encoding: string | null, bytes: Buffer): HttpHandler =>
    (_, response) => {
      if (encoding !== null) response.setHeader("Content-Encoding", encoding);
      response.end(bytes);
    };

  test.each([
    ["a byte order mark", null, Buffer.from(`\ufeff${body}`)],
    ["gzip", "gzip", gzipSync(body)],
    ["GZIP", "GZIP", gzipSync(body)],
    ["x-gzip", "X-GZip", gzipSync(body)],
    ["gzip that nobody mentions", null, gzipSync(body)],
    ["deflate", "deflate", deflateSync(body)],
    ["bare deflate", "Deflate", deflateRawSync(body)],
    ["br", "BR", brotliCompressSync(body)],
    ["gzip twice", "gzip, GZIP", gzipSync(gzipSync(body))],
    ["gzip of a byte order mark", "gzip", gzipSync(`\ufeff${body}`)],
    ["identity", "identity", Buffer.from(body)],
  ])("%s", async (_, encoding, bytes) => {
    expect((await ping({ list: packed(encoding, bytes) })).error).toBeNull();
  });

  test("a bomb is an error, in bounded memory", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20, 0x20));

    const { error } = await ping({ list: packed("gzip", bomb) });

    expect(error).toMatchObject({ type: "server_error" });
  });

  test.each(["gzip", "br", "deflate"])("half an answer in %s is an error", async (encoding) => {
    const half = gzipSync(body).subarray(0, 20);

    expect((await ping({ list: packed(encoding, half) })).error).toMatchObject({ type: "server_error" });
  });
});

describe("a server that is no Hostaway", () => {
  test.each([204, 205, 206])("HTTP %i is tried again, and is an error", async (status) => {
    const { error, asked } = await ping({ list: (_, response) => response.writeHead(status).end() });

    expect(error).toMatchObject({ type: "server_error" });
    expect(asked).toHaveLength(6);
  });

  test.each([301, 302, 304, 307, 308])(
    "HTTP %i is not followed: the token goes nowhere else",
    async (status) => {
      let elsewhere = 0;
      await using other = await startHttpServer((_, response) => {
        elsewhere += 1;
        response.end("{}");
      });
      const { error } = await ping({
        list: (_, response) =>
          response.writeHead(status, { Location: `http://${other.address}/v1/listings` }).end(),
      });

      expect(error).toMatchObject({
        type: "unexpected",
        remedy: expect.stringContaining("HOSTAWAY_BASE_URL"),
      });
      expect(elsewhere).toBe(0);
    },
  );

  test("a base URL without its version is said to be one", async () => {
    const { error } = await ping({}, "");

    expect(error).toMatchObject({ type: "unexpected", remedy: expect.stringContaining("/v1") });
    expect(error?.message).toMatch(/404/);
  });

  test("a list that is not there is no deletion", async () => {
    const { error } = await ping({ list: (_, response) => response.writeHead(404).end("{}") });

    expect(error).toMatchObject({ type: "unexpected", remedy: expect.stringContaining("HOSTAWAY_BASE_URL") });
  });

  test("a host that does not exist is named", async () => {
    const config = readConfig({
      HOSTAWAY_ACCOUNT_ID: "10001",
      HOSTAWAY_API_KEY: "key",
      HOSTAWAY_BASE_URL: "http://user:hidden@nosuchhost.invalid/v1",
    });
    using hostaway = openHostaway(config.hostaway, impatientClock, { retry: fiveTriesAtOnce });

    const error = await hostaway.client.ping(signal).catch((thrown: unknown) => thrown as ItemError);

    expect(error).toMatchObject({ type: "network_error" });
    expect(String(error)).toContain("nosuchhost.invalid");
    expect(String(error)).not.toContain("hidden");
  });

  test("an answer that drips is given up when its time is over", async () => {
    const { error } = await ping(
      {
        list: (_, response) => {
          const drip = setInterval(() => response.write(" "), 20);
          response.on("close", () => clearInterval(drip));
        },
      },
      "/v1",
      "300ms",
    );

    expect(error).toMatchObject({ type: "timeout" });
  });

  test.each([
    ["text", "count"],
    ["an object", { result: { id: 1 } }],
    ["nothing", ""],
    ["HTML", "<html></html>"],
    [
      "a hundred thousand levels",
      `{"status":"success","result":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    ],
  ])("%s instead of a list is told, and nothing hangs", async (_, body) => {
    const { error } = await ping({ list: json(body) });

    expect(error === null || error instanceof ItemError).toBe(true);
  });
});
