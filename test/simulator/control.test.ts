import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { EJSON } from "bson";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { calm, signIn } from "./support.ts";

let simulator: Simulator;
let origin: string;

beforeAll(async () => {
  simulator = await calm({ conversations: 60 });
  origin = new URL(simulator.url).origin;
});
afterAll(() => simulator.close());

const control = (path: string, init?: RequestInit) => fetch(`${origin}/_simulator${path}`, init);
const lines = async (path: string) =>
  (await (await control(path)).text())
    .trimEnd()
    .split("\n")
    .map((line) => EJSON.parse(line));

test("it says what it is and where things are", async () => {
  const answer = await (await control("")).json();

  expect(answer).toMatchObject({
    accountId: "10001",
    links: { stats: expect.stringContaining("/_simulator/stats") },
  });
});

test("the world can be advanced from any language", async () => {
  const before = simulator.now().getTime();

  const answer = await control("/advance", { method: "POST", body: JSON.stringify({ hours: 24 }) });

  expect(await answer.json()).toEqual({ now: new Date(before + 86_400_000).toISOString() });
  expect(simulator.now().getTime()).toBe(before + 86_400_000);
});

test("faults can be set, read and taken away", async () => {
  const rule = { match: { endpoint: "users" }, fault: "html" };
  const client = await signIn(simulator);

  await control("/faults", { method: "PUT", body: JSON.stringify([rule]) });
  const set = await (await control("/faults")).json();
  const broken = (await client.get("/users")).status;
  await control("/faults", { method: "DELETE" });

  expect(set).toMatchObject({ rules: [{ match: rule.match, fault: { type: "html", status: 502 } }] });
  expect([broken, (await client.get("/users")).status]).toEqual([502, 200]);
});

test.each([
  ["a rule that is none", "PUT", "/faults", '[{"fault":"explode"}]'],
  ["broken JSON", "POST", "/advance", "{"],
  ["time running backwards", "POST", "/advance", '{"hours":-1}'],
])("%s is answered with 400 and a reason", async (_, method, path, body) => {
  const answer = await control(path, { method, body });

  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { error: string }).error.length).toBeGreaterThan(5);
});

test("statistics can be read and reset", async () => {
  await (await signIn(simulator)).get("/users");
  expect(await (await control("/stats")).json()).toMatchObject({ byEndpoint: { users: expect.any(Number) } });

  expect(await (await control("/stats/reset", { method: "POST" })).json()).toMatchObject({ requests: 0 });
});

test("the oracle streams documents as lines of extended JSON, the same as in the program", async () => {
  const { oracle } = simulator;

  expect(EJSON.stringify(await lines("/oracle/messages"))).toBe(EJSON.stringify([...oracle.messages()]));
  expect(EJSON.stringify(await lines("/oracle/conversations"))).toBe(
    EJSON.stringify([...oracle.conversations()]),
  );
  expect(EJSON.stringify(await lines("/oracle/reservations"))).toBe(
    EJSON.stringify([...oracle.reservations()]),
  );
  expect(EJSON.stringify(await lines("/oracle/listings"))).toBe(EJSON.stringify([...oracle.listings()]));
  expect(await (await control("/oracle/counts")).json()).toEqual(oracle.counts());
});

test("a reader who leaves early stops the stream, and the simulator goes on", async () => {
  const answer = await control("/oracle/messages");
  const reader = answer.body?.getReader();
  await reader?.read();
  await reader?.cancel();

  expect((await control("/stats")).status).toBe(200);
});

test("what is not there is said so", async () => {
  expect((await control("/nonsense")).status).toBe(404);
  expect((await fetch(`${origin}/`)).status).toBe(404);
});
