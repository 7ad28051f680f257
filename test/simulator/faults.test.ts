import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { FaultRule, Simulator } from "../../src/simulator/simulator.ts";
import { type Client, calm, type Item, keysOf, moment, signIn } from "./support.ts";

let simulator: Simulator;
let client: Client;

beforeAll(async () => {
  simulator = await calm({ conversations: 60 });
  client = await signIn(simulator);
});
afterEach(() => simulator.faults.clear());
afterAll(() => simulator.close());

const on = (fault: FaultRule["fault"], match: FaultRule["match"] = { endpoint: "conversations" }) =>
  simulator.faults.set([{ match, fault }]);

const list = () => client.get("/conversations?limit=10");

describe("in place of the answer comes", () => {
  test("any status with any body and headers", async () => {
    on({
      type: "status",
      status: 503,
      body: { status: "fail", result: "busy" },
      headers: { "Retry-After": "2" },
    });

    const { status, body, headers } = await list();

    expect([status, body, headers.get("retry-after")]).toEqual([
      503,
      { status: "fail", result: "busy" },
      "2",
    ]);
  });

  test("a page of HTML", async () => {
    on("html");

    expect(await list()).toMatchObject({ status: 502, text: expect.stringContaining("<html>") });
  });

  test("nothing at all", async () => {
    on("empty_body");

    expect(await list()).toMatchObject({ status: 200, text: "" });
  });

  test.each(["message", "result"] as const)("a failure with status 200, its text in %s", async (place) => {
    on({ type: "status_fail_200", in: place });

    expect(await list()).toMatchObject({
      status: 200,
      body: { status: "fail", [place]: "cancellationPolicy is invalid" },
    });
  });

  test("a 429 out of the blue", async () => {
    on("rate_limited");

    const { status, headers } = await list();

    expect(status).toBe(429);
    expect(Number(headers.get("x-ratelimit-retry-after"))).toBeGreaterThan(1e9);
  });

  test("the refusal of the token", async () => {
    on("unauthorized");

    expect(await list()).toMatchObject({ status: 403, body: { message: expect.stringContaining("denied") } });
  });
});

describe("the connection", () => {
  test("is reset before the answer", async () => {
    on("reset");

    await expect(list()).rejects.toThrow("fetch failed");
  });

  test("is reset in the middle of the body", async () => {
    on("reset_mid_body");

    await expect(list()).rejects.toThrow("terminated");
  });

  test("hangs until the client gives up", async () => {
    on("hang");

    const hanging = client.get("/conversations", { signal: AbortSignal.timeout(100) });

    await expect(hanging).rejects.toThrow("timeout");
  });

  test("hangs until the simulator is closed, which does not wait", async () => {
    const other = await calm({ faults: [{ fault: "hang", match: { endpoint: "users" } }] });
    const hanging = (await signIn(other)).get("/users").catch((error: Error) => error.message);
    while (other.stats().requests < 2) await new Promise(setImmediate);

    await other.close();

    expect(await hanging).toBe("fetch failed");
  });

  test("drips, but the body is whole", async () => {
    const whole = (await client.get("/users")).text;
    on({ type: "slow_drip", bytes: 50, everyMs: 1 }, { endpoint: "users" });

    expect((await client.get("/users")).text).toBe(whole);
  });

  test("cuts the JSON short under a length that fits", async () => {
    const whole = (await list()).text;
    on("truncated_json");

    const { status, text, body } = await list();

    expect([status, text, body]).toEqual([200, whole.slice(0, whole.length / 2), undefined]);
  });
});

describe("the list", () => {
  test("is empty though the count says otherwise", async () => {
    on("empty_list");

    expect((await list()).body).toMatchObject({ status: "success", result: [], count: 60 });
  });

  test("begins with an item without an id", async () => {
    on("null_id");

    const ids = (await list()).body.result.map((item) => item.id);

    expect(ids[0]).toBeNull();
    expect(ids.slice(1)).not.toContain(null);
  });

  test("repeats the page before", async () => {
    const first = (await client.get("/conversations?limit=10&offset=0")).body.result;
    on("repeat_page");

    expect((await client.get("/conversations?limit=10&offset=10")).body.result).toEqual(first);
  });
});

describe("a poisoned item", () => {
  const poisoned = async (poison: object) => {
    const clean = (await list()).body.result;
    on({ type: "poison", index: 2, ...poison } as FaultRule["fault"]);
    const bad = (await list()).body.result;
    expect(bad.filter((_, index) => index !== 2)).toEqual(clean.filter((_, index) => index !== 2));
    return bad[2] as Item;
  };

  test("lacks a field", async () => {
    expect(keysOf(await poisoned({ field: "id", change: "drop" }))).not.toContain("id");
  });

  test("holds null, a wrong type, an id as text, an unknown word or a broken date", async () => {
    expect(await poisoned({ field: "type", change: "null" })).toMatchObject({ type: null });
    expect(await poisoned({ field: "id", change: "wrong_type" })).toMatchObject({ id: { unexpected: true } });
    expect((await poisoned({ field: "id", change: "text" })).id).toEqual(expect.stringMatching(/^4\d{7}$/));
    expect(await poisoned({ field: "type", change: "unknown_word" })).toMatchObject({
      type: "never-seen-before",
    });
    expect(
      moment((await poisoned({ field: "messageSentOn", change: "broken_date" }))["messageSentOn"]),
    ).toBeNaN();
  });

  test("is damaged deep inside", async () => {
    const item = await poisoned({ field: "Reservation.totalPrice", change: "value", value: "a lot" });

    expect(item["Reservation"]).toMatchObject({ totalPrice: "a lot" });
  });

  test("is no item at all", async () => {
    expect(await poisoned({ change: "null" })).toBeNull();
  });

  test("ends in half a character", async () => {
    const item = await poisoned({ field: "recipientName", change: "lone_surrogate" });

    expect(String(item["recipientName"]).isWellFormed()).toBe(false);
  });

  test("carries a body of megabytes", async () => {
    const item = await poisoned({ field: "recipientName", change: "huge" });

    expect(String(item["recipientName"])).toHaveLength(5_000_000);
  });

  test("stays poisoned wherever its id turns up, and the simulator knows which ones were", async () => {
    const { id } = (await list()).body.result[4] as Item;
    on({ type: "poison", ids: [id], field: "type", change: "null" }, {});

    const inList = (await list()).body.result.find((item) => item.id === id);
    const alone = (await client.get(`/conversations/${id}`)).body.result;

    expect([inList?.["type"], (alone as unknown as Item)["type"]]).toEqual([null, null]);
    expect(simulator.faults.poisoned()).toContainEqual({
      endpoint: "conversations",
      id,
      field: "type",
      change: "null",
    });
  });
});

describe("a rule", () => {
  const statuses = async (count: number, path = "/users") => {
    const seen: number[] = [];
    for (let i = 0; i < count; i++) seen.push((await client.get(path)).status);
    return seen;
  };
  const broken = { type: "status", status: 500 } as const;

  test("fires on the n-th request it fits, or on several", async () => {
    on(broken, { endpoint: "users", nth: [2, 4] });

    expect(await statuses(5)).toEqual([200, 500, 200, 500, 200]);
  });

  test("fires only so many times", async () => {
    on(broken, { endpoint: "users", times: 2 });

    expect(await statuses(4)).toEqual([500, 500, 200, 200]);
  });

  test("fits by endpoint and by a pattern on path and query", async () => {
    on(broken, { path: "offset=10&" });

    expect(await statuses(1, "/conversations?offset=10&limit=5")).toEqual([500]);
    expect(await statuses(1, "/conversations?offset=20&limit=5")).toEqual([200]);
  });

  test("fires by chance, but the same seed takes the same chances", async () => {
    on(broken, { probability: 0.5 });
    const first = await statuses(40);
    on(broken, { probability: 0.5 });

    expect(await statuses(40)).toEqual(first);
    expect(first.filter((status) => status === 500).length).toBeGreaterThan(8);
    expect(first.filter((status) => status === 200).length).toBeGreaterThan(8);
  });

  test("that makes no sense is refused, and the rules before stay", () => {
    on(broken, { endpoint: "users" });

    expect(() => simulator.faults.set([{ fault: "explode" as "html" }])).toThrow();
    expect(() => simulator.faults.set([{ match: { path: "(" }, fault: "html" }])).toThrow(
      /regular expression/,
    );
    return expect(statuses(1)).resolves.toEqual([500]);
  });
});

test("the process survives nonsense and goes on serving", async () => {
  for (const path of [
    "/conversations/99999999999999999999",
    "/conversations?limit=NaN&offset=-3",
    "/%E0%A4%A",
    "//x",
  ])
    expect((await client.get(path)).status).toBeLessThan(500);
  await fetch(`${simulator.url}/accessTokens`, { method: "POST", body: "x".repeat(2_000_000) }).catch(
    () => {},
  );

  expect((await list()).status).toBe(200);
});
