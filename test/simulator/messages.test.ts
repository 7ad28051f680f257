import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { type Client, calm, embedded, type Item, keysOf, moment, signIn } from "./support.ts";

let simulator: Simulator;
let client: Client;
let conversations: Item[];
let messages: Map<number, Item[]>;

beforeAll(async () => {
  simulator = await calm({ conversations: 700, listings: 25, seed: 7 });
  client = await signIn(simulator);
  conversations = await client.all("/conversations");
  messages = new Map();
  for (const { id } of conversations)
    messages.set(id, await client.all(`/conversations/${id}/messages?includeScheduledMessages=1`));
});
afterAll(() => simulator.close());

const every = () => [...messages.values()].flat();

test("messages come newest first, in the envelope with pages, and can be paged", async () => {
  const [id, whole] = [...messages].find(([, list]) => list.length > 20) as [number, Item[]];

  const page = await client.get(`/conversations/${id}/messages?includeScheduledMessages=1&limit=7&offset=7`);

  expect(keysOf(page.body)).toEqual(["status", "result", "limit", "offset", "count", "page", "totalPages"]);
  expect(page.body.result).toEqual(whole.slice(7, 14));
  expect(page.body).toMatchObject({ count: whole.length, page: 2, totalPages: Math.ceil(whole.length / 7) });
  for (const list of messages.values()) {
    const dates = list.filter((item) => /^2/.test(String(item["date"]))).map((item) => moment(item["date"]));
    expect(dates).toEqual([...dates].sort((a, b) => b - a));
  }
});

test("only sent messages are shown unless the others are asked for", async () => {
  const mixed = [...messages].filter(([, list]) => list.some((item) => item["status"] !== "sent"));

  expect(mixed.length).toBeGreaterThan(20);
  for (const [id, list] of mixed.slice(0, 30)) {
    const { body } = await client.get(`/conversations/${id}/messages?limit=500`);
    const sent = list.filter((item) => item["status"] === "sent");
    expect(body.result).toEqual(sent);
    expect(body.count).toBe(sent.length);
  }
});

test("one message can be asked for by id, whatever its status", async () => {
  const [id, list] = [...messages].find(([, all]) => all.some((item) => item["status"] === "awaiting")) as [
    number,
    Item[],
  ];
  const waiting = list.find((item) => item["status"] === "awaiting") as Item;

  const { body } = await client.get(`/conversations/${id}/messages/${waiting.id}`);

  expect(body.result).toEqual(waiting);
});

test("nothing has happened in the future, and nothing was changed before it was there", () => {
  const now = simulator.now().getTime();
  const wrong = every().filter((item) => {
    const [date, sent, inserted, updated] = ["date", "sentChannelDate", "insertedOn", "updatedOn"].map(
      (key) => moment(item[key]),
    ) as [number, number, number, number];
    const future = inserted > now || updated > now || sent > now || (item["status"] === "sent" && date > now);
    return future || updated < inserted || sent < date;
  });

  expect(wrong).toEqual([]);
});

test("the message inside a conversation has another shape than the same message of the endpoint", () => {
  for (const conversation of conversations) {
    const inside = embedded(conversation);
    if (!inside) continue;
    const outside = messages.get(conversation.id)?.find((item) => item.id === inside.id) as Item;

    expect(keysOf(inside)).toHaveLength(58);
    expect(keysOf(inside)).toEqual(
      expect.arrayContaining(["originatedBy", "messageSource", "sentToChannelDate", "isSeenBy"]),
    );
    expect(keysOf(outside)).not.toEqual(expect.arrayContaining(["originatedBy"]));
    expect(keysOf(inside)).not.toEqual(expect.arrayContaining(["sentChannelDate"]));
    expect(inside["sentToChannelDate"]).toBe(outside["sentChannelDate"] ?? null);
    expect(inside).toMatchObject({
      body: outside["body"],
      status: outside["status"],
      hash: outside["hash"],
      attachments: null,
    });
  }
});

test("a message of the endpoint has the keys of a recorded one, in order", () => {
  const usual = every().find((item) => keysOf(item).length === 34) as Item;

  expect(keysOf(usual)).toEqual(
    "id accountId userId listingMapId reservationId conversationId communicationId airbnbThreadMessageId channelId channelThreadMessageId body imagesUrls bookingcomSubthreadId inReplyTo bookingcomReplyOptions bookingcomSelectedOptions isIncoming isSeen sentUsingHostaway hash listingTimeZoneName communicationEvent communicationTimeDelta communicationTimeDeltaSeconds communicationApplyListingTimeZone communicationAlwaysTrigger date status sentChannelDate listingName attachments insertedOn updatedOn communicationType".split(
      " ",
    ),
  );
});

describe("the account has what real accounts have:", () => {
  const features: Record<string, (message: Item) => boolean> = {
    "an empty body with an attachment": (item) => item["body"] === "" && list(item["attachments"]).length > 0,
    "a body in HTML with entities": (item) => /^<p>.*(&nbsp;|&amp;|&#39;)/s.test(String(item["body"])),
    "a plain body with a less-than sign": (item) => /^[^<]+<3/.test(String(item["body"])),
    "emoji beyond the basic plane": (item) =>
      /\p{Extended_Pictographic}/u.test(String(item["body"])) && /[\ud800-\udbff]/.test(String(item["body"])),
    "line feeds": (item) => String(item["body"]).includes("\n"),
    "Japanese, Greek and Cyrillic": (item) => /[\u3040-\u30ff]/.test(String(item["body"])),
    "a mail without a channel": (item) => item["communicationType"] === "email" && item["channelId"] === null,
    WhatsApp: (item) => item["communicationType"] === "whatsapp",
    SMS: (item) => item["communicationType"] === "sms",
    "an automation": (item) => item["communicationId"] !== null && item["communicationEvent"] !== null,
    "one that waits for its time": (item) =>
      item["status"] === "awaiting" && moment(item["date"]) > simulator.now().getTime(),
    "one the system cancelled": (item) => item["status"] === "cancelled_by_system",
    "one that could not be sent": (item) => item["status"] === "failed",
    "one that came in late": (item) =>
      item["isIncoming"] === 1 && moment(item["insertedOn"]) - moment(item["date"]) > 300_000,
    "a message without a date": (item) => item["date"] === null,
    "a message with dates of zeros or none at all": (item) => !/^2/.test(String(item["updatedOn"])),
    "the shape of 2022": (item) => !("communicationType" in item) && !("attachments" in item),
    "old image links": (item) => item["imagesUrls"] !== null,
    "a private attachment": (item) => list(item["attachments"]).some((one) => one["isPublic"] === 0),
    "an attachment that does not say whether it is a picture": (item) =>
      list(item["attachments"]).some((one) => one["isImage"] === null),
  };
  const list = (value: unknown) => (value ?? []) as Item[];

  test.each(Object.keys(features))("%s", (name) => {
    expect(every().some(features[name] as (message: Item) => boolean)).toBe(true);
  });

  const oddities: Record<string, (conversation: Item) => boolean> = {
    "a thread in which no guest has written": (item) =>
      item["messageReceivedOn"] === null && item["messageSentOn"] !== null,
    "a thread without messages": (item) => embedded(item) === undefined,
    'a guest called "."': (item) => item["recipientName"] === ".",
    "a Vrbo inquiry": (item) => item["type"] === "host-guest-native",
    "an inquiry without dates": (item) => reservation(item)["isDatesUnspecified"] === 1,
    "a price with cents": (item) => !Number.isInteger(reservation(item)["totalPrice"]),
    "a whole price": (item) => Number.isInteger(reservation(item)["totalPrice"]),
    "a reservation id as text": (item) => typeof reservation(item)["hostawayReservationId"] === "string",
    "a country by name": (item) => reservation(item)["guestCountry"] === "Germany",
    "a country by code": (item) => reservation(item)["guestCountry"] === "DE",
    "a waiting message as the newest": (item) => embedded(item)?.["status"] === "awaiting",
    "card data to drop": (item) => String(reservation(item)["ccNumber"]).startsWith("CANARY"),
    "a door code to drop": (item) => String(reservation(item)["doorCode"]).startsWith("CANARY"),
    "a host account to drop": (item) => JSON.stringify(item).includes("canary-host-account@example.com"),
  };
  const reservation = (item: Item) => item["Reservation"] as Item;

  test.each(Object.keys(oddities))("%s", (name) => {
    expect(conversations.some(oddities[name] as (conversation: Item) => boolean)).toBe(true);
  });

  test("guests who share a name", () => {
    const names = conversations.map((item) => String(reservation(item)["guestName"]));

    expect(new Set(names).size).toBeLessThan(names.length);
  });
});

test("the activity marks of a fresh account follow its messages", () => {
  for (const conversation of conversations) {
    const list = (messages.get(conversation.id) as Item[]).filter((item) =>
      /^2/.test(String(item["insertedOn"])),
    );
    const incoming = list
      .filter((item) => item["isIncoming"] === 1)
      .map((item) => moment(item["insertedOn"]));
    const complete = list.length === (messages.get(conversation.id) as Item[]).length;
    if (!complete || incoming.length === 0) continue;
    const difference = moment(conversation["messageReceivedOn"]) - Math.max(...incoming);
    expect([0, 1000]).toContain(difference);
  }
});
