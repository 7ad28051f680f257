import { setMaxListeners } from "node:events";
import { createServer } from "node:http";
import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { HostawayConnection } from "../../src/app.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { Environment } from "../../src/config.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/simulator.ts";
import type { SourcePage } from "../../src/sync/ports.ts";
import { connectTo } from "../support/hostaway.ts";

const open: { simulator: Simulator; hostaway: HostawayConnection }[] = [];

afterEach(async () => {
  for (const { simulator, hostaway } of open.splice(0)) {
    hostaway[Symbol.dispose]();
    await simulator.close();
  }
});

async function start(options: SimulatorOptions = {}, env: Environment = {}, clock?: Clock) {
  const simulator = await startSimulator({ conversations: 5, rateLimit: "off", tokenGraceMs: 0, ...options });
  const hostaway = connectTo(simulator, env, clock);
  open.push({ simulator, hostaway });
  return { simulator, hostaway, client: hostaway.client };
}

const { signal } = new AbortController();
setMaxListeners(0, signal);

async function all(pages: AsyncIterable<SourcePage>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const page of pages) items.push(...page.items);
  return items;
}

describe("the token", () => {
  test("is minted once for any number of callers, and not used in its first second", async () => {
    const { simulator, client } = await start({ tokenGraceMs: 1_000 }, {}, systemClock);

    await Promise.all(Array.from({ length: 20 }, () => client.ping(signal)));

    expect(simulator.stats().byEndpoint).toMatchObject({ accessTokens: 1, listings: 20 });
    expect(simulator.stats().byStatus).toEqual({ 200: 21 });
  });

  test("is renewed once for any number of callers when it is revoked", async () => {
    const { simulator, client } = await start();
    await client.ping(signal);
    simulator.revokeTokens();
    simulator.resetStats();

    await Promise.all(Array.from({ length: 20 }, () => client.ping(signal)));

    expect(simulator.stats().byEndpoint).toMatchObject({ accessTokens: 1 });
  });

  test("is renewed before it expires, as expires_in says", async () => {
    const { simulator, client } = await start({ tokenLifetimeS: 60 });

    await client.ping(signal);
    await client.ping(signal);

    expect(simulator.stats().byEndpoint).toMatchObject({ accessTokens: 2, listings: 2 });
  });

  test("that is refused again and again ends in an error, not in a loop", async () => {
    const { simulator, client } = await start({
      faults: [{ match: { endpoint: "listings" }, fault: "unauthorized" }],
    });

    await expect(client.ping(signal)).rejects.toMatchObject({ type: "unauthorized", httpStatus: 403 });
    expect(simulator.stats().byEndpoint).toEqual({ accessTokens: 2, listings: 2 });
  });

  test("is not minted anew for a 403 that is about something else", async () => {
    const body = { status: "fail", message: "Public api is disabled for this account" };
    const { simulator, client } = await start({
      faults: [{ match: { endpoint: "listings" }, fault: { type: "status", status: 403, body } }],
    });

    await expect(client.ping(signal)).rejects.toMatchObject({
      type: "unexpected",
      message: expect.stringContaining("Public api is disabled"),
    });
    expect(simulator.stats().byEndpoint).toEqual({ accessTokens: 1, listings: 1 });
  });

  test("is not to be had with wrong credentials, which is said once and not tried again", async () => {
    const { simulator, client } = await start({}, { HOSTAWAY_API_KEY: "wrong" });

    await expect(client.ping(signal)).rejects.toMatchObject({ type: "unauthorized", httpStatus: 401 });
    expect(simulator.stats().byEndpoint).toEqual({ accessTokens: 1 });
  });
});

describe("lists", () => {
  test("come whole, page by page", async () => {
    const { simulator, client } = await start({
      conversations: 1_100,
      messagesPerConversation: { min: 0, max: 2 },
    });
    const counts = simulator.oracle.counts();

    expect(await all(client.conversations(signal))).toHaveLength(counts.conversations);
    expect(await all(client.reservations(signal))).toHaveLength(counts.reservations);
    expect(await all(client.listings(null, signal))).toHaveLength(counts.listings);
    expect(simulator.stats().byEndpoint).toMatchObject({ conversations: 4, reservations: 3 });
  });

  test("of messages hold scheduled and cancelled ones too", async () => {
    const { simulator, client } = await start({ conversations: 40 });
    const conversations = await all(client.conversations(signal));
    const ids = conversations.map((item) => String(Reflect.get(Object(item), "id")));
    const messages = await Promise.all(ids.map((id) => all(client.messages(id, 0, signal))));

    expect(messages.flat()).toHaveLength(simulator.oracle.counts().messages);
  });

  test("share one connection when they are read one after the other", async () => {
    const { simulator, client } = await start();
    const first = await all(client.conversations(signal));

    for (const item of first) await all(client.messages(String(Reflect.get(Object(item), "id")), 0, signal));

    expect(simulator.stats().maxConcurrent).toBe(1);
  });
});

describe("an answer that went wrong", () => {
  test.each(["html", "truncated_json", "empty_body", "reset", "reset_mid_body"] as const)(
    "(%s) is asked for again, and the next one counts",
    async (fault) => {
      const { hostaway, client } = await start({
        faults: [{ match: { endpoint: "listings", times: 2 }, fault }],
      });

      await client.ping(signal);

      expect(hostaway.counts()).toMatchObject({ retries: 2, by_endpoint: { listings: 3 } });
    },
  );

  test.each([
    ["html", "server_error"],
    ["truncated_json", "server_error"],
    ["empty_body", "server_error"],
    ["reset", "network_error"],
    ["reset_mid_body", "network_error"],
    ["hang", "timeout"],
    ["slow_drip", "timeout"],
  ] as const)("every time (%s) is given up after five tries, as %s", async (fault, type) => {
    const faults = [{ match: { endpoint: "listings" }, fault } as const];
    const { simulator, client } = await start({ faults }, { HOSTAWAY_TIMEOUT: "100ms" });

    await expect(client.ping(signal)).rejects.toMatchObject({ type, attempts: 5 });
    expect(simulator.stats().byEndpoint).toMatchObject({ listings: 5 });
  });

  test.each([
    [404, "unexpected", 1],
    [400, "unexpected", 1],
    [408, "timeout", 5],
    [500, "server_error", 5],
  ] as const)("with status %i is %s, after %i tries", async (status, type, tries) => {
    const fault = {
      type: "status",
      status,
      body: { status: "fail", message: "Resource not found" },
    } as const;
    const { simulator, client } = await start({ faults: [{ match: { endpoint: "listings" }, fault }] });

    await expect(client.ping(signal)).rejects.toMatchObject({ type, attempts: tries, httpStatus: status });
    expect(simulator.stats().byEndpoint).toMatchObject({ listings: tries });
  });

  test("with HTTP 200 and status fail is a refusal all the same", async () => {
    const fault = { type: "status_fail_200", text: "Cannot modify", in: "result" } as const;
    const { client } = await start({ faults: [{ match: { endpoint: "listings" }, fault }] });

    await expect(client.ping(signal)).rejects.toMatchObject({
      type: "unexpected",
      message: expect.stringContaining("Cannot modify"),
    });
  });

  test("with 429 is waited out as the server asks, and the request is made again", async () => {
    const fault = { type: "rate_limited", waitMs: 0 } as const;
    const { hostaway, client } = await start({
      faults: [{ match: { endpoint: "listings", times: 1 }, fault }],
    });

    await client.ping(signal);

    expect(hostaway.counts()).toMatchObject({ rate_limited: 1, retries: 1 });
  });

  test("P10: leaves neither key nor token in its error", async () => {
    const { simulator, client } = await start({
      faults: [{ match: { endpoint: "listings" }, fault: "html" }],
    });

    const error = await client.ping(signal).catch((thrown: unknown) => thrown);

    const dump = inspect(error, { depth: 10, showHidden: true });
    expect(dump).not.toContain(simulator.apiKey);
    expect(dump).not.toContain("Bearer");
  });
});

test("a stop signal ends a request at once, and it is not made again", async () => {
  const { simulator, client } = await start({ faults: [{ match: { endpoint: "listings" }, fault: "hang" }] });
  const stop = new AbortController();

  const asked = client.ping(stop.signal);
  while (simulator.stats().byEndpoint["listings"] === undefined) await new Promise(setImmediate);
  stop.abort();

  await expect(asked).rejects.toMatchObject({ type: "interrupted" });
  expect(simulator.stats().byEndpoint).toMatchObject({ listings: 1 });
});

test("P9, P10: a redirect is not followed, so that the token stays where it belongs", async () => {
  const elsewhere: string[] = [];
  const thief = createServer((request, response) => {
    elsewhere.push(String(request.headers.authorization));
    response.end("{}");
  });
  await new Promise<void>((resolve) => thief.listen(0, "127.0.0.1", resolve));
  const address = thief.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const fault = { type: "status", status: 302, headers: { location: `http://127.0.0.1:${port}/` } } as const;
  const { client } = await start({ faults: [{ match: { endpoint: "listings" }, fault }] });

  await expect(client.ping(signal)).rejects.toMatchObject({ type: "unexpected", httpStatus: 302 });
  expect(elsewhere).toEqual([]);
  await new Promise((resolve) => thief.close(resolve));
});
