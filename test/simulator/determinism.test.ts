import { describe, expect, test } from "@jest/globals";
import { EJSON } from "bson";
import { HOUR_MS } from "../../src/domain/time.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { calm, signIn } from "./support.ts";

/** Everything the API and the oracle say, as text. */
async function accountAsText(simulator: Simulator): Promise<string> {
  const client = await signIn(simulator);
  const conversations = await client.all("/conversations");
  const threads = [];
  for (const { id } of conversations)
    threads.push(await client.all(`/conversations/${id}/messages?includeScheduledMessages=1`));
  const lists = [await client.all("/reservations"), await client.all("/listings")];
  return JSON.stringify([conversations, threads, lists]) + EJSON.stringify([...simulator.oracle.messages()]);
}

async function accountAfter(seed: number, hours: readonly number[]): Promise<string> {
  await using simulator = await calm({ seed, conversations: 70 });
  for (const step of hours) simulator.advance(step * HOUR_MS);
  return await accountAsText(simulator); // before the simulator is closed
}

describe("the same seed", () => {
  test("gives the same account, byte for byte", async () => {
    expect(await accountAfter(3, [])).toBe(await accountAfter(3, []));
  });

  test("gives the same future, however it is cut into pieces", async () => {
    const whole = await accountAfter(3, [72]);

    expect(await accountAfter(3, [1, 0.013, 46.987, 24])).toBe(whole);
    expect(whole).not.toBe(await accountAfter(3, []));
  });

  test("gives the same future, whether somebody looks on the way or not", async () => {
    await using simulator = await calm({ seed: 3, conversations: 70 });
    simulator.advance(24 * HOUR_MS);
    await accountAsText(simulator);
    simulator.advance(48 * HOUR_MS);

    expect(await accountAsText(simulator)).toBe(await accountAfter(3, [72]));
  });
});

test("another seed gives another account", async () => {
  expect(await accountAfter(4, [])).not.toBe(await accountAfter(3, []));
});

test("an account can be of any size, also empty, and messages can be as many as one likes", async () => {
  await using empty = await calm({ conversations: 0, calendarBookings: 0 });
  await using heavy = await calm({ conversations: 3, messagesPerConversation: { min: 700, max: 800 } });
  empty.advance(24 * HOUR_MS);

  const heavyClient = await signIn(heavy);
  const [first] = await heavyClient.all("/conversations");
  const pages = await heavyClient.all(`/conversations/${first?.id}/messages?includeScheduledMessages=1`);

  expect((await (await signIn(empty)).get("/conversations")).body).toMatchObject({ count: 0 });
  expect(pages.length).toBeGreaterThanOrEqual(700);
  expect(pages.length).toBeLessThanOrEqual(800);
  expect(new Set(pages.map((item) => item.id)).size).toBe(pages.length);
});
