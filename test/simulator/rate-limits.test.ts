import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createRateLimits } from "../../src/simulator/server/rate-limits.ts";
import { calm, signIn } from "./support.ts";

const rules = { windowMs: 1000, perAccount: 5, perIp: 5 };

/** Arrival times from the pauses between them. */
function arrivals(pauses: readonly number[]): number[] {
  let now = 0;
  return pauses.map((pause) => (now += pause));
}

function mostInAnyWindow(times: readonly number[], windowMs: number): number {
  return Math.max(
    0,
    ...times.map((end) => times.filter((time) => time > end - windowMs && time <= end).length),
  );
}

describe("a sliding window", () => {
  test("never lets more than the limit through in any window, and refuses nothing below it", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 }), (pauses) => {
        const admit = createRateLimits({ ...rules, window: "sliding" });
        const admitted: number[] = [];
        for (const now of arrivals(pauses)) {
          const recent = admitted.filter((time) => time > now - 1000).length;
          const refused = admit("a", now);
          expect(refused === null).toBe(recent < 5);
          if (!refused) admitted.push(now);
          else expect(admit("a", now + refused.waitMs - 0.001)).not.toBeNull();
        }
        expect(mostInAnyWindow(admitted, 1000)).toBeLessThanOrEqual(5);
      }),
    );
  });

  test("lets the next request through exactly when the oldest leaves", () => {
    const admit = createRateLimits({ ...rules, window: "sliding" });
    for (const now of [100, 200, 300, 400, 500]) expect(admit("a", now)).toBeNull();

    expect(admit("a", 1099)).toMatchObject({ waitMs: 1, limit: 5 });
    expect(admit("a", 1100)).toBeNull();
    expect(admit("a", 1150)).toMatchObject({ waitMs: 50 });
  });
});

test("a fixed window stands on a grid, so twice the limit can pass around its line", () => {
  const admit = createRateLimits({ ...rules, window: "fixed" });
  const times = [990, 991, 992, 993, 994, 995, 1000, 1001, 1002, 1003, 1004, 1005];

  const passed = times.filter((now) => admit("a", now) === null);

  expect(passed).toEqual([990, 991, 992, 993, 994, 1000, 1001, 1002, 1003, 1004]);
  expect(admit("a", 1999)).toMatchObject({ waitMs: 1 });
});

test("addresses are counted apart, the account over all of them", () => {
  const admit = createRateLimits({ windowMs: 1000, perIp: 2, perAccount: 3, window: "sliding" });

  expect([admit("a", 0), admit("a", 1), admit("b", 2)]).toEqual([null, null, null]);
  expect(admit("a", 3)).toMatchObject({ applied: "ip", limit: 2 });
  expect(admit("b", 4)).toMatchObject({ applied: "account", limit: 3 });
  expect(admit("b", 1000)).toBeNull();
});

test("a request too many is answered with 429, Hostaway's words and the time to come back", async () => {
  await using simulator = await calm({ rateLimit: { limit: 4, windowMs: 60_000 } });
  const client = await signIn(simulator);
  for (let i = 0; i < 3; i++) expect((await client.get("/users")).status).toBe(200);

  const { status, body, headers } = await client.get("/users");

  expect(status).toBe(429);
  expect(body).toMatchObject({
    status: "fail",
    message: expect.stringContaining("exceeded the rate limits"),
  });
  expect(headers.get("x-ratelimit-limit")).toBe("4");
  expect(headers.get("x-ratelimit-remaining")).toBe("0");
  expect(headers.get("x-ratelimit-applied")).toBe("ip");
  const wait = Number(headers.get("x-ratelimit-retry-after")) - simulator.now().getTime() / 1000;
  expect(wait).toBeGreaterThan(50);
  expect(wait).toBeLessThanOrEqual(60);
  expect(headers.get("retry-after")).toBeNull();
});

test("headers about limits are sent on 429 only", async () => {
  await using simulator = await calm({ rateLimit: "current" });

  const { headers } = await (await signIn(simulator)).get("/users");

  expect([...headers.keys()].filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
});

test.each([
  ["seconds", (value: string | null) => Number(value) > 0 && Number(value) <= 60],
  ["none", (value: string | null) => value === null],
] as const)("the time to come back can be %s instead of a timestamp", async (retryAfter, isRight) => {
  await using simulator = await calm({ rateLimit: { limit: 1, windowMs: 60_000 }, retryAfter });

  const { status, headers } = await (await signIn(simulator)).get("/users");

  expect(status).toBe(429);
  expect(isRight(headers.get("x-ratelimit-retry-after"))).toBe(true);
});

test("the legacy profile lets 15 requests of one address through, the current one 200", async () => {
  for (const [rateLimit, allowed] of [
    ["legacy", 15],
    ["current", 200],
  ] as const) {
    await using simulator = await calm({ rateLimit });
    const client = await signIn(simulator);

    const answers = await Promise.all(Array.from({ length: allowed + 9 }, () => client.get("/users")));

    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(allowed - 1); // the token took one
    const stats = simulator.stats();
    expect(stats).toMatchObject({ requests: allowed + 10, rateLimited: 10, maxInAnyWindow: allowed + 10 });
    expect(stats.byStatus).toEqual({ 200: allowed, 429: 10 });
  }
});

test("statistics tell who asked for what, how often and how much at once, and can be put back to zero", async () => {
  await using simulator = await calm({ latencyMs: 5 });
  const client = await signIn(simulator);
  const { body } = await client.get("/conversations?limit=3");
  await Promise.all(body.result.map((item) => client.get(`/conversations/${item.id}/messages`)));
  await client.get("/nowhere");

  const stats = simulator.stats();
  simulator.resetStats();

  expect(stats.byEndpoint).toEqual({ accessTokens: 1, conversations: 1, messages: 3, unknown: 1 });
  expect(stats.byStatus).toEqual({ 200: 5, 404: 1 });
  expect(stats.maxConcurrent).toBeGreaterThan(1);
  expect(stats.bytes).toBeGreaterThan(1000);
  expect(simulator.stats()).toMatchObject({ requests: 0, byEndpoint: {}, bytes: 0, maxInAnyWindow: 0 });
});
