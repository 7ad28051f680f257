import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { type Client, calm, embedded, type Item, keysOf, moment, signIn } from "./support.ts";

let simulator: Simulator;
let client: Client;

beforeAll(async () => {
  simulator = await calm({ conversations: 620, listings: 25 });
  client = await signIn(simulator);
});
afterAll(() => simulator.close());

const sentOn = (item: Item) => (item["messageSentOn"] === null ? -1 : moment(item["messageSentOn"]));

describe("the conversation list", () => {
  test("tells limit, offset, count, page and totalPages, in the recorded key order", async () => {
    const { body, status } = await client.get("/conversations?limit=200&offset=400");

    expect(status).toBe(200);
    expect(keysOf(body)).toEqual(["status", "result", "limit", "offset", "count", "page", "totalPages"]);
    expect({ ...body, result: body.result.length }).toEqual({
      status: "success",
      result: 200,
      limit: 200,
      offset: 400,
      count: 620,
      page: 3,
      totalPages: 4,
    });
  });

  test("is ordered by messageSentOn, newest first, ties by id, and rows without one come last", async () => {
    const items = await client.all("/conversations");

    const expected = [...items].sort((a, b) => sentOn(b) - sentOn(a) || a.id - b.id);
    expect(items.map((item) => item.id)).toEqual(expected.map((item) => item.id));
    expect(items.some((item) => sentOn(item) === -1)).toBe(true);
    expect(new Set(items.map((item) => item.id)).size).toBe(620);
  });

  test("does not stand in the order of the guests' messages", async () => {
    const received = (await client.all("/conversations")).map((item) =>
      moment(item["messageReceivedOn"] ?? 0),
    );

    expect(received).not.toEqual([...received].sort((a, b) => b - a));
  });

  test("answers a page past the end with an empty result and the same count", async () => {
    const { body, status } = await client.get("/conversations?limit=100&offset=700");

    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "success",
      result: [],
      limit: 100,
      offset: 700,
      count: 620,
      page: 8,
      totalPages: 7,
    });
  });

  test("gives 100 rows when no limit is asked for and never more than 500", async () => {
    const byDefault = await client.get("/conversations");
    const greedy = await client.get("/conversations?limit=5000");

    expect(byDefault.body.result).toHaveLength(100);
    expect(greedy.body.result).toHaveLength(500);
    expect(greedy.body.limit).toBe(500);
  });

  test("ignores parameters it does not know, sort orders and dates among them", async () => {
    const plain = await client.get("/conversations?limit=20");
    const wishful = await client.get(
      "/conversations?limit=20&sortOrder=asc&latestActivityStart=2026-06-01&listingMapId=1",
    );

    expect(wishful.text).toBe(plain.text);
  });

  test("can be narrowed to one reservation", async () => {
    const [first] = (await client.get("/conversations?limit=1")).body.result as [Item];

    const { body } = await client.get(`/conversations?reservationId=${first["reservationId"]}`);

    expect(body.result.map((item) => item.id)).toEqual([first.id]);
    expect(body.count).toBe(1);
  });

  test("holds the message with the highest id and the reservation, without being asked to", async () => {
    const items = (await client.get("/conversations?limit=40")).body.result;

    for (const item of items) {
      const messages = await client.all(`/conversations/${item.id}/messages?includeScheduledMessages=1`);
      const highest = Math.max(...messages.map((message) => message.id));
      expect(embedded(item)?.id).toBe(messages.length === 0 ? undefined : highest);
      expect(item["Reservation"]).toMatchObject({ id: item["reservationId"] });
    }
  });
});

test("one conversation, and the conversations of a reservation, are the list's item", async () => {
  const [first] = (await client.get("/conversations?limit=1")).body.result as [Item];

  const one = await client.get(`/conversations/${first.id}`);
  const ofReservation = await client.get(`/reservations/${first["reservationId"]}/conversations`);

  expect(one.body.result).toEqual(first);
  expect(ofReservation.body.result).toEqual([first]);
});

test("in strict mode a conversation holds its message and reservation only when asked to", async () => {
  await using strict = await calm({ strictIncludeResources: true });
  const visitor = await signIn(strict);

  const bare = (await visitor.get("/conversations?limit=1")).body.result[0] as Item;
  const full = (await visitor.get("/conversations?limit=1&includeResources=1")).body.result[0] as Item;

  expect(bare["conversationMessages"]).toEqual([]);
  expect(keysOf(bare)).not.toContain("Reservation");
  expect(embedded(full)).toBeDefined();
  expect(keysOf(full)).toContain("Reservation");
});

test("the old quirk puts the account's id where a conversation's listing belongs", async () => {
  await using quirky = await calm({ listingMapIdQuirk: true });
  const item = (await (await signIn(quirky)).get("/conversations?limit=1")).body.result[0] as Item;

  expect(item["listingMapId"]).toBe(10001);
  expect((item["Reservation"] as Item)["listingMapId"]).toBeGreaterThan(20_000);
});

describe("the reservation list", () => {
  test("has neither page nor totalPages, and is ordered by updatedOn, newest first, then id", async () => {
    const { body } = await client.get("/reservations?limit=500");

    const expected = [...body.result].sort(
      (a, b) => moment(b["updatedOn"]) - moment(a["updatedOn"]) || b.id - a.id,
    );
    expect(keysOf(body)).toEqual(["status", "result", "count", "limit", "offset"]);
    expect(body.result.map((item) => item.id)).toEqual(expected.map((item) => item.id));
  });

  test("can be walked by cursor, and the walk is the same as by offset", async () => {
    const byOffset = await client.all("/reservations");
    const byCursor: Item[] = [];
    for (let after = ""; ; after = `&afterId=${byCursor.at(-1)?.id}`) {
      const { body } = await client.get(`/reservations?limit=90&offset=50${after}`);
      byCursor.push(...(after === "" ? byOffset.slice(0, 90) : body.result));
      if (after !== "" && body.result.length === 0) break;
    }

    expect(byCursor.map((item) => item.id)).toEqual(byOffset.map((item) => item.id));
    expect(byOffset).toHaveLength(simulator.oracle.counts().reservations);
  });

  test("refuses a cursor together with a sort order", async () => {
    const { status, body } = await client.get("/reservations?afterId=30000001&sortOrder=updatedOn");

    expect(status).toBe(403);
    expect(body).toMatchObject({
      status: "fail",
      message: expect.stringContaining("afterId cursor pagination"),
    });
  });

  test("turns around for sortOrder=updatedOn", async () => {
    const usual = (await client.all("/reservations")).map((item) => item.id);
    const turned = (await client.all("/reservations?sortOrder=updatedOn")).map((item) => item.id);

    expect(turned).toEqual(usual.reverse());
  });

  test("can be narrowed to days of latest activity, both included", async () => {
    const all = await client.all("/reservations");
    const narrowed = await client.all(
      "/reservations?latestActivityStart=2026-05-01&latestActivityEnd=2026-06-01",
    );

    const inside = all.filter((item) => {
      const day = String(item["latestActivityOn"]).slice(0, 10);
      return day >= "2026-05-01" && day <= "2026-06-01";
    });
    expect(inside.length).toBeGreaterThan(5);
    expect(narrowed.map((item) => item.id)).toEqual(inside.map((item) => item.id));
  });

  test("says more than the reservation inside a conversation: locale, activity and listing name", async () => {
    const conversations = await client.all("/conversations");
    const listed = new Map((await client.all("/reservations")).map((item) => [item.id, item]));

    for (const conversation of conversations) {
      const inside = conversation["Reservation"] as Item;
      const outside = listed.get(inside.id) as Item;
      expect(keysOf(inside)).toEqual(keysOf(outside));
      expect(inside).toMatchObject({
        listingName: "",
        source: "reservation",
        latestActivityOn: null,
        guestLocale: null,
      });
      expect(inside["updatedOn"]).toBe(outside["updatedOn"]);
      expect(moment(outside["latestActivityOn"])).toBeLessThanOrEqual(moment(outside["updatedOn"]));
    }
    expect([...listed.values()].some((item) => item["guestLocale"] !== null)).toBe(true);
    expect(keysOf(conversations[0]?.["Reservation"])).toHaveLength(123);
  });

  test("counts bookings of a custom calendar, which have no conversation", async () => {
    const calendar = (await client.all("/reservations")).filter((item) => item["channelId"] === 2015);

    expect(calendar.length).toBeGreaterThan(0);
    for (const item of calendar)
      expect((await client.get(`/reservations/${item.id}/conversations`)).body.result).toEqual([]);
  });
});

test("listings come in the plain envelope and carry the secrets a copy has to drop", async () => {
  const { body } = await client.get("/listings?limit=10");

  expect(keysOf(body)).toEqual(["status", "result", "count", "limit", "offset"]);
  expect(body).toMatchObject({ count: 25, limit: 10, offset: 0 });
  for (const listing of body.result) {
    expect(listing).toMatchObject({
      wifiPassword: expect.stringContaining("CANARY"),
      doorSecurityCode: expect.stringContaining("CANARY"),
    });
    expect((await client.get(`/listings/${listing.id}`)).body.result).toEqual(listing);
  }
});

describe("the listings can be narrowed to days of latest activity, both included,", () => {
  const dayOf = (item: Item) => String(item["latestActivityOn"]).slice(0, 10);
  /** Of the listings in order of activity, the days of the fifth and the fifteenth. */
  const someDays = async () => {
    const days = (await client.all("/listings")).map(dayOf).sort();
    return [days[4], days[14]] as [string, string];
  };

  test.each([
    ["from one on", true, false],
    ["until one", false, true],
    ["between two", true, true],
  ])("%s, and the count is the number that match", async (_, isFrom, isUntil) => {
    const [from, until] = await someDays();
    const expected = (await client.all("/listings")).filter(
      (item) => (!isFrom || dayOf(item) >= from) && (!isUntil || dayOf(item) <= until),
    );
    const days = {
      ...(isFrom && { latestActivityStart: from }),
      ...(isUntil && { latestActivityEnd: until }),
    };

    const { body } = await client.get(`/listings?limit=3&offset=1&${new URLSearchParams(days)}`);

    expect(expected.map(dayOf)).toEqual(expect.arrayContaining([isFrom ? from : until]));
    expect(body.count).toBe(expected.length);
    expect(body.result).toEqual(expected.slice(1, 4));
  });

  test("and those of no such day are an empty list", async () => {
    const { status, body } = await client.get("/listings?latestActivityStart=2026-06-16");

    expect([status, body.result, body.count]).toEqual([200, [], 0]);
  });

  test("and a renamed one is among those of today", async () => {
    await using other = await calm();
    const visitor = await signIn(other);
    const { id } = (await visitor.get("/listings?limit=1&offset=2")).body.result[0] as Item;

    other.world.renameListing(id, "New name");

    const today = (await visitor.get("/listings?latestActivityStart=2026-06-15")).body;
    expect([today.count, today.result.map((item) => item.id)]).toEqual([1, [id]]);
  });
});

test("the usual probe, one user, is answered", async () => {
  const { status, body } = await client.get("/users?limit=1");

  expect(status).toBe(200);
  expect(body.result).toHaveLength(1);
});

test.each([
  "/conversations/1",
  "/conversations/1/messages",
  "/conversations/40000001/messages/1",
  "/reservations/1",
  "/listings/1",
  "/messages",
  "/nonsense",
])("%s is answered with 404 and Hostaway's words", async (path) => {
  const { status, body } = await client.get(path);

  expect(status).toBe(404);
  expect(body).toEqual({ status: "fail", message: "Resource not found" });
});

test("bodies are compressed for those who accept it", async () => {
  const zipped = await client.get("/conversations?limit=50", { headers: { "Accept-Encoding": "gzip" } });
  const plain = await client.get("/conversations?limit=50", { headers: { "Accept-Encoding": "identity" } });

  expect(zipped.headers.get("content-encoding")).toBe("gzip");
  expect(plain.headers.get("content-encoding")).toBeNull();
  expect(zipped.text).toBe(plain.text);
});
