import { expect, test } from "@jest/globals";
import { createSharedResource } from "../src/shared-resource.ts";

function countedResource() {
  const log: string[] = [];
  let opened = 0;
  const shared = createSharedResource<number>((value) => log.push(`close ${value}`));
  const open = async () => {
    opened += 1;
    log.push(`open ${opened}`);
    return opened;
  };
  return { shared, open, log };
}

test("users at the same time share it, and the last one closes it", async () => {
  const { shared, open, log } = countedResource();

  const [first, second] = await Promise.all([shared.acquire(open), shared.acquire(open)]);
  await first.release();
  await first.release();
  expect({ values: [first.value, second.value], log }).toEqual({ values: [1, 1], log: ["open 1"] });
  await second.release();

  expect(log).toEqual(["open 1", "close 1"]);
});

test("a user who comes later has a new one", async () => {
  const { shared, open, log } = countedResource();

  await (await shared.acquire(open)).release();
  await (await shared.acquire(open)).release();

  expect(log).toEqual(["open 1", "close 1", "open 2", "close 2"]);
});

test("what cannot be opened is tried anew by the next user", async () => {
  const { shared, open, log } = countedResource();
  const failing = () => Promise.reject(new Error("not there"));

  await expect(shared.acquire(failing)).rejects.toThrow("not there");

  expect(await shared.acquire(open)).toMatchObject({ value: 1 });
  expect(log).toEqual(["open 1"]);
});

test("disposing closes it whoever uses it; giving it back afterwards changes nothing", async () => {
  const { shared, open, log } = countedResource();
  const share = await shared.acquire(open);

  await shared[Symbol.asyncDispose]();
  await share.release();

  expect(log).toEqual(["open 1", "close 1"]);
});
