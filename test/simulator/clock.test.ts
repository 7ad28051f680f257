import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { FaultRule, Simulator } from "../../src/simulator/simulator.ts";
import { askForToken, type Client, calm, signIn } from "./support.ts";

const HOUR = 3_600_000;
const START = new Date("2031-03-04T05:06:07Z");

let simulator: Simulator;
let client: Client;

beforeEach(async () => {
  simulator = await calm({ now: START });
  client = await signIn(simulator);
});
afterEach(() => simulator.close());

const dateOf = ({ headers }: { headers: Headers }) => headers.get("date");

test("the Date of an answer is the world's present moment, in HTTP's format", async () => {
  const before = dateOf(await client.get("/conversations?limit=1"));
  simulator.advance(36 * HOUR + 1_500);
  const after = dateOf(await client.get("/conversations?limit=1"));

  expect([before, after]).toEqual(["Tue, 04 Mar 2031 05:06:07 GMT", "Wed, 05 Mar 2031 17:06:08 GMT"]);
});

test.each([
  ["an unknown address", "/nonsense", 404],
  ["a cursor with a sort order", "/reservations?afterId=1&sortOrder=updatedOn", 403],
])("%s is answered with the world's Date too", async (_, path, status) => {
  const answer = await client.get(path);

  expect([answer.status, dateOf(answer)]).toEqual([status, START.toUTCString()]);
});

test("tokens come with the world's Date, and so do their refusals", async () => {
  expect(dateOf(await askForToken(simulator))).toBe(START.toUTCString());
  expect(dateOf(await askForToken(simulator, { client_secret: "wrong" }))).toBe(START.toUTCString());
  expect(dateOf(await fetch(`${simulator.url}/users`))).toBe(START.toUTCString());
});

describe("a faulted answer carries the world's Date:", () => {
  const faults: FaultRule["fault"][] = [
    { type: "status", status: 503 },
    "html",
    "empty_body",
    "truncated_json",
    "status_fail_200",
    "rate_limited",
    "unauthorized",
    "empty_list",
    { type: "delay", ms: 0 },
    { type: "slow_drip", bytes: 500, everyMs: 1 },
  ];

  test.each(faults)("%j", async (fault) => {
    simulator.faults.set([{ fault }]);

    expect(dateOf(await client.get("/users"))).toBe(START.toUTCString());
  });

  test("one that breaks off after its headers", async () => {
    simulator.faults.set([{ match: { endpoint: "conversations" }, fault: "reset_mid_body" }]);
    const { access_token: token } = (await (await askForToken(simulator)).json()) as { access_token: string };

    const response = await fetch(`${simulator.url}/conversations`, {
      headers: { Authorization: `Bearer ${token}` },
    });

    expect(dateOf(response)).toBe(START.toUTCString());
    await expect(response.text()).rejects.toThrow("terminated");
  });

  test("but a fault may name another one", async () => {
    const date = "Thu, 01 Jan 1970 00:00:00 GMT";
    simulator.faults.set([{ fault: { type: "status", status: 500, headers: { date } } }]);

    expect(dateOf(await client.get("/users"))).toBe(date);
  });
});

test("a 429 names a moment of the same clock as its Date", async () => {
  await using strict = await calm({ now: START, rateLimit: { limit: 1, windowMs: 60_000 } });
  const visitor = await signIn(strict);
  simulator.faults.set([{ fault: { type: "rate_limited", waitMs: 60_000 } }]);

  for (const answer of [await visitor.get("/users"), await client.get("/users")]) {
    const comeBack = 1000 * Number(answer.headers.get("x-ratelimit-retry-after"));
    expect([answer.status, dateOf(answer)]).toEqual([429, START.toUTCString()]);
    expect(comeBack).toBeGreaterThan(START.getTime() + 50_000);
    expect(comeBack).toBeLessThanOrEqual(START.getTime() + 60_000);
  }
});
