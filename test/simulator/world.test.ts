import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { type Client, calm, embedded, type Item, moment, signIn } from "./support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let simulator: Simulator;
let client: Client;

beforeEach(async () => {
  simulator = await calm({ conversations: 80, seed: 5 });
  client = await signIn(simulator);
});
afterEach(() => simulator.close());

const conversationIds = async () => (await client.all("/conversations")).map((item) => item.id);
const conversation = async (id: number) =>
  (await client.get(`/conversations/${id}`)).body.result as unknown as Item;
const thread = (id: number) => client.all(`/conversations/${id}/messages?includeScheduledMessages=1`);
const text = (date: Date) => date.toISOString().slice(0, 19).replace("T", " ");

/** A conversation from the middle of the list. */
const someId = async () => (await conversationIds())[40] as number;

describe("when the guest writes", () => {
  test("messageReceivedOn becomes the insertion, and the row stays where it is", async () => {
    const [before, id] = [await conversationIds(), await someId()];

    const messageId = simulator.world.guestWrites(id, {
      text: "hello",
      at: new Date(simulator.now().getTime() - 10_000),
    });

    expect(await conversationIds()).toEqual(before);
    const item = await conversation(id);
    expect(item["messageReceivedOn"]).toBe(text(simulator.now()));
    expect(embedded(item)).toMatchObject({ id: messageId, body: "hello", isIncoming: 1 });
    expect((await thread(id))[0]).toMatchObject({ id: messageId, insertedOn: item["messageReceivedOn"] });
  });

  test("a back-dated message is new by insertion only", async () => {
    const id = await someId();
    const at = new Date(simulator.now().getTime() - 40 * MINUTE);

    const messageId = simulator.world.guestWrites(id, { at });

    const message = (await thread(id)).find((item) => item.id === messageId) as Item;
    expect(message).toMatchObject({ date: text(at), insertedOn: text(simulator.now()) });
    expect((await conversation(id))["messageReceivedOn"]).toBe(text(simulator.now()));
  });
});

describe("when the host answers", () => {
  test("messageSentOn becomes the date and the row moves to the top, so offsets drift", async () => {
    const [first] = [(await client.get("/conversations?limit=30&offset=0")).body.result];
    const id = (await conversationIds())[60] as number;
    simulator.advance(1000);

    simulator.world.hostReplies(id, { text: "on our way" });

    const second = (await client.get("/conversations?limit=30&offset=30")).body.result;
    expect((await conversationIds())[0]).toBe(id);
    expect((await conversation(id))["messageSentOn"]).toBe(text(simulator.now()));
    expect(second[0]?.id).toBe(first.at(-1)?.id); // the walk meets a row a second time
  });

  test("a second message soon after may leave messageSentOn behind; the embedded message tells", async () => {
    const id = await someId();
    simulator.world.hostReplies(id);
    const before = await conversation(id);
    simulator.advance(5 * MINUTE);

    const second = simulator.world.hostReplies(id, { reflected: false });

    const after = await conversation(id);
    expect(after["messageSentOn"]).toBe(before["messageSentOn"]);
    expect(embedded(after)?.id).toBe(second);
  });
});

test("a scheduled message is sent under the same id when its time comes, unless it was cancelled", async () => {
  const [sentIn, cancelledIn] = (await conversationIds()).slice(30, 32) as [number, number];
  const at = new Date(simulator.now().getTime() + 3 * HOUR);
  const before = (await conversation(sentIn))["messageSentOn"];
  const sent = simulator.world.scheduleMessage(sentIn, at, { text: "see you soon" });
  const cancelled = simulator.world.scheduleMessage(cancelledIn, at);
  simulator.world.setMessageStatus(cancelledIn, cancelled, "cancelled_by_system");

  expect(embedded(await conversation(sentIn))).toMatchObject({
    id: sent,
    status: "awaiting",
    date: text(at),
  });
  expect((await conversation(sentIn))["messageSentOn"]).toBe(before);
  simulator.advance(3 * HOUR);

  expect((await thread(sentIn)).find((item) => item.id === sent)).toMatchObject({
    status: "sent",
    sentChannelDate: text(at),
  });
  expect(moment((await conversation(sentIn))["messageSentOn"])).toBeGreaterThanOrEqual(at.getTime());
  expect((await thread(cancelledIn)).find((item) => item.id === cancelled)).toMatchObject({
    status: "cancelled_by_system",
  });
});

test("an edit and a deletion of an older message leave no trace in the list", async () => {
  const id = await someId();
  simulator.world.guestWrites(id);
  simulator.world.hostReplies(id, { text: "before" });
  const older = (await thread(id))[1] as Item;
  const newest = (await thread(id))[0] as Item;
  const item = await conversation(id);
  simulator.advance(1000);

  simulator.world.editMessage(id, older.id, "after");
  const edited = (await thread(id)).find((one) => one.id === older.id) as Item;
  simulator.world.deleteMessage(id, older.id);

  expect(edited).toMatchObject({ body: "after", updatedOn: text(simulator.now()) });
  expect(edited["hash"]).not.toBe(older["hash"]);
  expect((await thread(id)).map((one) => one.id)).not.toContain(older.id);
  expect((await conversation(id))["conversationMessages"]).toEqual(item["conversationMessages"]);
  expect(newest.id).toBe(embedded(item)?.id);
});

test("a deleted conversation is gone without a tombstone; its reservation is not", async () => {
  const id = await someId();
  const { reservationId } = (await conversation(id)) as unknown as { reservationId: number };

  simulator.world.deleteConversation(id);

  expect((await client.get(`/conversations/${id}`)).status).toBe(404);
  expect((await client.get(`/conversations/${id}/messages`)).status).toBe(404);
  expect((await client.get("/conversations")).body.count).toBe(79);
  expect((await client.get(`/reservations/${reservationId}`)).status).toBe(200);
  expect(simulator.oracle.messagesOf(id)).toEqual([]);
});

test("a changed reservation comes first in its list and shows in the conversation", async () => {
  const id = await someId();
  const { reservationId } = (await conversation(id)) as unknown as { reservationId: number };
  simulator.advance(1000);

  simulator.world.changeReservation(reservationId, {
    price: 99.5,
    status: "modified",
    guestName: "Zoë Ångström",
  });

  const first = (await client.get("/reservations?limit=1")).body.result[0];
  expect(first).toMatchObject({
    id: reservationId,
    totalPrice: 99.5,
    guestName: "Zoë Ångström",
    updatedOn: text(simulator.now()),
  });
  expect((await conversation(id))["Reservation"]).toMatchObject({ totalPrice: 99.5, status: "modified" });
});

test("a renamed listing has a new name everywhere and a new mark", async () => {
  const listing = (await client.get("/listings?limit=1")).body.result[0] as Item;

  simulator.world.renameListing(listing.id, "New name", "New inner name");

  expect((await client.get(`/listings/${listing.id}`)).body.result).toMatchObject({
    name: "New name",
    internalListingName: "New inner name",
    latestActivityOn: text(simulator.now()),
  });
  const named = [...simulator.oracle.messages()].filter(
    (message) => message.property.id === String(listing.id),
  );
  expect(new Set(named.map((message) => message.property.name))).toEqual(new Set(["New inner name"]));
});

test("a new conversation brings a reservation, the guest's message and waiting automations", async () => {
  const { conversationId, reservationId } = simulator.world.addConversation({ text: "Is it free?" });

  expect(await conversation(conversationId)).toMatchObject({ reservationId, messageSentOn: null });
  expect((await thread(conversationId)).some((item) => item["body"] === "Is it free?")).toBe(true);
  expect((await client.get("/reservations?limit=1")).body.result[0]).toMatchObject({ id: reservationId });
  expect(simulator.oracle.counts().conversations).toBe(81);
});

test("speaking to a thread that does not exist is an error of the test, said plainly", () => {
  expect(() => simulator.world.guestWrites(1)).toThrow("no conversation 1");
  expect(() => simulator.world.changeReservation(1, {})).toThrow("no reservation 1");
});

describe("a day in an account of 787 conversations", () => {
  const fingerprint = (item: Item) =>
    JSON.stringify([
      item["messageSentOn"],
      item["messageReceivedOn"],
      embedded(item)?.id,
      embedded(item)?.["updatedOn"],
      embedded(item)?.["status"],
    ]);

  test("changes about forty of them, brings a few new ones, and is never in the future", async () => {
    await using big = await calm({ conversations: 787 });
    const visitor = await signIn(big);
    const changes: number[] = [];
    for (let day = 0; day < 5; day++) {
      const before = new Map(
        (await visitor.all("/conversations")).map((item) => [item.id, fingerprint(item)]),
      );
      big.advance(DAY);
      const after = await visitor.all("/conversations");
      changes.push(after.filter((item) => before.get(item.id) !== fingerprint(item)).length);
      for (const item of after) {
        const reservation = item["Reservation"] as Item;
        const marks = [item["messageSentOn"], item["messageReceivedOn"]]
          .filter((mark) => mark !== null)
          .map(moment);
        expect(Math.max(0, ...marks)).toBeLessThanOrEqual(moment(reservation["updatedOn"]));
        expect(moment(reservation["updatedOn"])).toBeLessThanOrEqual(big.now().getTime());
      }
    }

    const average = changes.reduce((sum, count) => sum + count) / changes.length;
    expect(average).toBeGreaterThan(30);
    expect(average).toBeLessThan(50);
    expect(big.oracle.counts().conversations).toBeGreaterThan(787);
  });
});

test("with a speed the world moves by itself", async () => {
  await using quick = await calm({ speed: 1_000_000 });
  const start = quick.now().getTime();
  while (quick.now().getTime() - start < HOUR) await new Promise(setImmediate);

  expect(quick.now().getTime()).toBeGreaterThan(start);
});
