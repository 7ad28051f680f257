import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { type Client, calm, embedded, type Item, signIn } from "./support.ts";

const HOUR = 3_600_000;

let simulator: Simulator;
let client: Client;

beforeEach(async () => {
  simulator = await calm({ conversations: 80, seed: 5 });
  client = await signIn(simulator);
});
afterEach(() => simulator.close());

const conversations = () => client.all("/conversations");
const thread = (id: number) => client.all(`/conversations/${id}/messages?includeScheduledMessages=1`);
const everythingOf = async (id: number) => [
  await conversations(),
  await thread(id),
  [...simulator.oracle.messages()],
  [...simulator.oracle.conversations()],
];

/** A conversation from the middle of the list, in which some messages were written. */
async function someThread(): Promise<[id: number, messages: Item[]]> {
  const id = (await conversations())[40]?.id as number;
  simulator.world.guestWrites(id, { text: "Is there parking?" });
  simulator.world.hostReplies(id, { text: "There is." });
  simulator.world.guestWrites(id, { text: "Thank you!" });
  return [id, await thread(id)];
}

describe("a deleted conversation that is restored", () => {
  test("is listed again in its place, with the same marks, message and thread", async () => {
    const [id] = await someThread();
    const before = await everythingOf(id);
    simulator.world.deleteConversation(id);
    expect((await conversations()).map((item) => item.id)).not.toContain(id);

    simulator.world.restoreConversation(id);

    expect(await everythingOf(id)).toEqual(before);
  });

  test("is as it was though time has passed, its reservation too, and lives on", async () => {
    const [id] = await someThread();
    const before = (await client.get(`/conversations/${id}`)).body.result as unknown as Item;
    const reservation = `/reservations/${before["reservationId"]}`;
    const reservationBefore = (await client.get(reservation)).body.result;
    simulator.world.deleteConversation(id);
    simulator.advance(HOUR);

    simulator.world.restoreConversation(id);

    expect((await client.get(`/conversations/${id}`)).body.result).toEqual(before);
    expect((await client.get(reservation)).body.result).toEqual(reservationBefore);
    const next = simulator.world.guestWrites(id);
    expect((await thread(id)).map((item) => item.id)).toContain(next);
  });

  test("can be deleted again", async () => {
    const [id] = await someThread();
    for (let i = 0; i < 2; i++) {
      simulator.world.deleteConversation(id);
      simulator.world.restoreConversation(id);
    }
    simulator.world.deleteConversation(id);

    expect((await client.get(`/conversations/${id}`)).status).toBe(404);
  });
});

describe("a deleted message that is restored", () => {
  test.each(["oldest", "middle", "newest"])(
    "is in its thread again, at its place by id, with the same content (the %s)",
    async (which) => {
      const [id, messages] = await someThread();
      const ids = messages.map((item) => item.id).sort((a, b) => a - b);
      const messageId = ids.at({ oldest: 0, middle: ids.length >> 1, newest: -1 }[which] ?? 0) as number;
      const before = await everythingOf(id);
      simulator.world.deleteMessage(id, messageId);
      expect((await thread(id)).map((item) => item.id)).not.toContain(messageId);

      simulator.world.restoreMessage(id, messageId);

      expect(await everythingOf(id)).toEqual(before);
    },
  );

  test("comes back by its id, in whatever order several do", async () => {
    const [id, messages] = await someThread();
    const before = (await client.get(`/conversations/${id}`)).body.result as unknown as Item;
    const ids = messages.map((item) => item.id);
    for (const messageId of ids) simulator.world.deleteMessage(id, messageId);
    expect(await thread(id)).toEqual([]);

    for (const messageId of ids) simulator.world.restoreMessage(id, messageId);

    const after = (await client.get(`/conversations/${id}`)).body.result as unknown as Item;
    expect(await thread(id)).toEqual(messages);
    expect(embedded(after)).toEqual(embedded(before));
  });

  test("before its time, is sent when that comes", async () => {
    const [id] = await someThread();
    const at = new Date(simulator.now().getTime() + 2 * HOUR);
    const messageId = simulator.world.scheduleMessage(id, at);
    simulator.world.deleteMessage(id, messageId);
    simulator.advance(HOUR);
    simulator.world.restoreMessage(id, messageId);

    simulator.advance(HOUR);

    expect((await thread(id)).find((item) => item.id === messageId)).toMatchObject({ status: "sent" });
  });

  test("after its time, waits for ever", async () => {
    const [id] = await someThread();
    const at = new Date(simulator.now().getTime() + HOUR);
    const messageId = simulator.world.scheduleMessage(id, at);
    const before = (await thread(id)).find((item) => item.id === messageId);
    simulator.world.deleteMessage(id, messageId);
    simulator.advance(2 * HOUR);

    simulator.world.restoreMessage(id, messageId);
    simulator.advance(HOUR);

    expect((await thread(id)).find((item) => item.id === messageId)).toEqual(before);
  });
});

describe("a RangeError says what is wrong:", () => {
  const errorOf = (act: () => void) => {
    try {
      act();
    } catch (error) {
      return String(error);
    }
    return "no error";
  };

  test("nothing to restore, or no longer", async () => {
    const [id, [message]] = (await someThread()) as [number, [Item]];
    const { world } = simulator;
    const restoredConversation = () => errorOf(() => world.restoreConversation(id));
    const restoredMessage = () => errorOf(() => world.restoreMessage(id, message.id));
    const noConversation = `RangeError: no deleted conversation ${id}`;
    const noMessage = `RangeError: no deleted message ${message.id} in this conversation`;

    expect([restoredConversation(), restoredMessage()]).toEqual([noConversation, noMessage]);
    world.deleteMessage(id, message.id);
    expect([restoredMessage(), restoredMessage()]).toEqual(["no error", noMessage]);
    world.deleteConversation(id);
    expect(restoredMessage()).toBe(`RangeError: no conversation ${id}`);
    expect([restoredConversation(), restoredConversation()]).toEqual(["no error", noConversation]);
  });

  test("nothing to delete, because it was deleted before", async () => {
    const [id, [message]] = (await someThread()) as [number, [Item]];
    const deletedMessage = () => errorOf(() => simulator.world.deleteMessage(id, message.id));
    const deletedConversation = () => errorOf(() => simulator.world.deleteConversation(id));

    expect([deletedMessage(), deletedMessage()]).toEqual([
      "no error",
      `RangeError: no message ${message.id} in this conversation`,
    ]);
    expect([deletedConversation(), deletedConversation()]).toEqual([
      "no error",
      `RangeError: no conversation ${id}`,
    ]);
  });
});
