import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { AdmittedRequest, Simulator } from "../../src/simulator/simulator.ts";
import { type Client, calm, type Item, signIn } from "./support.ts";

let simulator: Simulator;
let client: Client;

beforeEach(async () => {
  simulator = await calm({ conversations: 60 });
  client = await signIn(simulator);
});
afterEach(() => simulator.close());

test("a listener hears of every request: endpoint, path with query, and the how-manieth of its endpoint", async () => {
  const heard: AdmittedRequest[] = [];
  await client.get("/users"); // counts, though nobody listens yet
  simulator.onRequest((request) => heard.push(request));

  await client.get("/users?limit=1");
  await client.get("/conversations?limit=10&offset=20");
  await client.get("/nowhere");
  await client.get("/users");

  expect(heard).toEqual([
    { endpoint: "users", path: "/users?limit=1", nth: 2 },
    { endpoint: "conversations", path: "/conversations?limit=10&offset=20", nth: 1 },
    { endpoint: "unknown", path: "/nowhere", nth: 1 },
    { endpoint: "users", path: "/users", nth: 3 },
  ]);
});

test("asking for a token and being refused for it are heard of too", async () => {
  const heard: string[] = [];
  simulator.onRequest(({ endpoint, nth }) => heard.push(`${endpoint} ${nth}`));

  await signIn(simulator);
  simulator.revokeTokens();
  expect((await client.get("/users")).status).toBe(403);

  expect(heard).toEqual(["accessTokens 2", "users 1"]);
});

test("a request that the rate limit refuses is neither heard of nor counted", async () => {
  await using strict = await calm({ rateLimit: { limit: 3, windowMs: 60_000 } });
  const visitor = await signIn(strict);
  const heard: number[] = [];
  strict.onRequest(({ nth }) => heard.push(nth));

  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await visitor.get("/users")).status);

  expect(statuses).toEqual([200, 200, 429, 429]);
  expect(heard).toEqual([1, 2]);
});

test("what a listener changes in the world, the answer to that request shows", async () => {
  const [last] = (await client.get("/conversations?limit=1&offset=59")).body.result as [Item];
  simulator.onRequest(({ endpoint, nth }) => {
    if (endpoint !== "conversations" || nth !== 3) return;
    simulator.advance(1000);
    simulator.world.hostReplies(last.id);
  });

  const before = (await client.get("/conversations?limit=30")).body.result;
  const after = await client.get("/conversations?limit=30&offset=30");

  expect(before.map((item) => item.id)).not.toContain(last.id);
  expect(after.body.result[0]?.id).toBe(before.at(-1)?.id); // it went past the reader, who misses it
  expect(after.body.result.map((item) => item.id)).not.toContain(last.id);
  expect(after.headers.get("date")).toBe(simulator.now().toUTCString());
});

test("what a listener does to tokens and faults, that request meets", async () => {
  const stop = simulator.onRequest(() => simulator.revokeTokens());
  expect((await client.get("/users")).status).toBe(403);
  stop();

  simulator.onRequest(() => simulator.faults.set([{ fault: "html" }]));
  expect((await client.get("/users")).status).toBe(502);
});

test("a request that meets a fault is heard of before", async () => {
  const heard: string[] = [];
  simulator.faults.set([{ fault: "reset" }]);
  simulator.onRequest(({ path }) => heard.push(path));

  await expect(client.get("/users")).rejects.toThrow("fetch failed");

  expect(heard).toEqual(["/users"]);
});

test("a client can be ended at an exact moment", async () => {
  const ending = new AbortController();
  simulator.onRequest(({ nth }) => nth === 2 && ending.abort(new Error("ended")));

  expect((await client.get("/users", { signal: ending.signal })).status).toBe(200);
  await expect(client.get("/users", { signal: ending.signal })).rejects.toThrow("ended");
});

test("a listener that was taken away hears nothing more, the others do", async () => {
  const heard: string[] = [];
  const stop = simulator.onRequest(() => heard.push("first"));
  const stopItself = simulator.onRequest(() => {
    heard.push("once");
    stopItself();
  });
  simulator.onRequest(() => heard.push("last"));

  await client.get("/users");
  stop();
  stop();
  await client.get("/users");

  expect(heard).toEqual(["first", "once", "last", "last"]);
});
