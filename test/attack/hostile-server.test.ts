import type { ServerResponse } from "node:http";
import { describe, expect, test } from "@jest/globals";
import { useTestAccount } from "../support/account.ts";
import { type Bending, type GoodAnswer, startBentServer } from "../support/bent-server.ts";
import { type RunOptions, syncOnce } from "../support/run.ts";
import { countDuplicates } from "../support/store.ts";

const account = useTestAccount({
  seed: 91,
  conversations: 30,
  messagesPerConversation: { min: 2, max: 4 },
  listings: 6,
});

/** Every conversation is read, and no number of failures ends the run. */
const ENDURING = {
  SYNC_SWEEP_DAYS: "1",
  SYNC_MAX_CONSECUTIVE_FAILURES: "100000",
  SYNC_MAX_FAILURE_RATE: "1",
};
const DAY_MS = 24 * 60 * 60 * 1_000;
const CONVERSATIONS = /^\/conversations$/;
const MESSAGES = /\/messages$/;
/** Generous: what grows with the square of its size takes hours. */
const LIMIT_MS = 60_000;

async function night(bending: Bending, options: RunOptions = {}) {
  await using server = await startBentServer(account.simulator.url, bending);
  const env = { ...ENDURING, HOSTAWAY_TIMEOUT: "5s", ...options.env, HOSTAWAY_BASE_URL: server.url };
  const start = performance.now();
  const report = await syncOnce(account.simulator, account.database, { ...options, env });
  expect(performance.now() - start).toBeLessThan(LIMIT_MS);
  return report;
}

const deletedIds = async (collection: string) =>
  (
    await account.database.db
      .collection(collection)
      .find({ deleted_at: { $type: "date" } })
      .toArray()
  ).length;

/** A clean night makes the copy what the account is; what it never lost is not marked as deleted. */
async function expectMended(options: RunOptions = {}) {
  account.simulator.advance(DAY_MS);
  const report = await syncOnce(account.simulator, account.database, { env: ENDURING, ...options });
  expect(report.failures).toEqual([]);
  expect(report.status).toBe("succeeded");
  expect(await account.differences()).toEqual({});
  expect(await countDuplicates(account.database.db)).toBe(0);
}

const json = (response: ServerResponse, headers: GoodAnswer["headers"], text: string | Buffer) => {
  response.writeHead(200, headers);
  response.end(text);
  return true;
};

type Row = Record<string, unknown>;
const isList = (envelope: Row) => Array.isArray(envelope["result"]);
const rowsOf = (envelope: Row) => envelope["result"] as Row[];
const LISTS: readonly (readonly [string, RegExp])[] = [
  ["properties", /^\/listings$/],
  ["bookings", /^\/reservations$/],
  ["conversations", CONVERSATIONS],
  ["messages", MESSAGES],
];

const nestedText = (levels: number) => `${'{"a":['.repeat(levels)}1${"]}".repeat(levels)}`;
const HOSTILE_TEXTS = [
  "\u0000\u0001\u001b]0;owned\u0007",
  "\ud83d",
  "=cmd|' /C calc'!A0",
  "<script>alert(1)</script><b>",
  "$where",
  "__proto__",
  "\u202e\u2066",
  "9".repeat(400),
  "9999-99-99 99:99:99",
  "-271821-04-20 00:00:00",
  "constructor",
  "%00%0a",
  "\u0301".repeat(5_000),
  "&#x110000;&#0;&amp;amp;",
];

/** Every text field of a record, at any depth, holds one of the hostile texts. */
function hostile(value: unknown, name: string, turn: number): unknown {
  if (name === "id" || name === "status") return value;
  if (typeof value === "string") return HOSTILE_TEXTS[(turn + name.length) % HOSTILE_TEXTS.length];
  if (Array.isArray(value)) return value.map((one, index) => hostile(one, name, turn + index));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner], index) => [key, hostile(inner, key, turn + index)]),
  );
}

/** What one row of a list is, as raw JSON. */
const RECORDS: readonly (readonly [string, string])[] = [
  ["a hundred thousand levels without an id", `{"id":null,"body":${nestedText(50_000)}}`],
  ["a hundred thousand levels beside an id that no one has", `{"id":-1,"name":${nestedText(50_000)}}`],
  ["a bare hundred thousand levels", nestedText(50_000)],
  ["an id with a fraction", '{"id":1.5,"isIncoming":1}'],
  ["an id below nothing", '{"id":-7,"isIncoming":1}'],
  ["an id that is a prototype", '{"id":"__proto__","__proto__":{"isIncoming":1},"isIncoming":1}'],
  ["an id beyond all numbers", '{"id":1e999,"isIncoming":1}'],
  ["an id beyond exact numbers", '{"id":9007199254740993,"isIncoming":"x"}'],
  ["an id of a hundred thousand digits", `{"id":"${"9".repeat(100_000)}","isIncoming":1}`],
  ["five megabytes of text without an id", `{"id":0,"body":"${"x".repeat(5 * 2 ** 20)}"}`],
];

describe("P5, P11: a list with a row that is no record costs that row, and a clean night mends all", () => {
  describe.each(LISTS)("%s", (_, list) => {
    test.each(RECORDS)("%s", async (_name, record) => {
      await account.simulate();
      const answer: Bending["answer"] = ({ path, headers, text }, response) => {
        const envelope = JSON.parse(text);
        if (!list.test(path) || !isList(envelope) || rowsOf(envelope).length === 0) return false;
        const rows = [
          record,
          ...rowsOf(envelope)
            .slice(1)
            .map((row) => JSON.stringify(row)),
        ];
        const { result: _result, ...rest } = envelope;
        return json(response, headers, `{"result":[${rows.join(",")}],${JSON.stringify(rest).slice(1)}`);
      };

      expect((await night({ answer })).status).toBe("partial");
      await expectMended();
      expect((await night({ answer })).status).toBe("partial");
      for (const name of ["messages", "conversations"]) expect(await deletedIds(name)).toBe(0);
      await expectMended();
    });
  });
});

describe("P1, P11: every text of every record hostile at once", () => {
  test("is stored or written down, and mended", async () => {
    await account.simulate();
    const bend: Bending["bend"] = (envelope) =>
      isList(envelope)
        ? { ...envelope, result: rowsOf(envelope).map((row, index) => hostile(row, "result", index)) }
        : envelope;

    expect((await night({ bend })).summary.attempted).toBeGreaterThan(0);
    await expectMended();
    await night({ bend });
    expect(await deletedIds("messages")).toBe(0);
    await expectMended();
  });
});

describe("P4: a Date header that is wrong for one night", () => {
  test.each([
    ["ten years ahead", 3_653 * DAY_MS],
    ["two days ahead", 2 * DAY_MS],
    ["half a day ahead", DAY_MS / 2],
    ["two days behind", -2 * DAY_MS],
    ["ten years behind", -3_653 * DAY_MS],
    ["beyond all dates", Number.POSITIVE_INFINITY],
  ])("%s: nothing is missed, and no watermark lies in the future", async (_, offMs) => {
    await account.simulate({ calendarBookings: 40 });
    const { simulator, database } = account;
    const env = { SYNC_SWEEP_DAYS: "30" };
    const answer: Bending["answer"] = ({ headers, text }, response) => {
      const off = new Date(Date.parse(String(headers.date)) + offMs);
      const date = Number.isFinite(offMs) ? off.toUTCString() : "Fri, 31 Dec 99999 23:59:59 GMT";
      return json(response, { ...headers, date }, text);
    };
    const change = (text: string) => {
      const { oracle, world } = simulator;
      const [conversation] = oracle.conversations();
      const [booking] = oracle.reservations();
      const [listing] = oracle.listings();
      world.guestWrites(Number(conversation?.conversation_id), { text });
      world.changeReservation(Number(booking?.reservation_id), { guestName: text });
      world.renameListing(Number(listing?.listing_id), text, text);
    };

    // First as the very first night, then as one of many; always with work to do.
    for (const name of ["One", "Two"]) {
      await night({ answer }, { env });
      const [state] = await database.db.collection("sync_state").find().toArray();
      for (const mark of ["listings_watermark", "reservations_watermark"]) {
        const ms = (state?.[mark] as Date | null)?.getTime() ?? 0;
        expect(ms).toBeLessThanOrEqual(simulator.now().getTime());
      }
      for (const step of [0.4, 0.8, 2, 5]) {
        const text = `${name} ${step}`;
        change(text);
        simulator.advance(step * DAY_MS);
        expect(await syncOnce(simulator, database, { env })).toMatchObject({ status: "succeeded" });
        // What only the sweep sees of messages has time until it comes by.
        const { listings, reservations } = await account.differences();
        expect({ listings, reservations }).toEqual({});
        expect(await database.db.collection("messages").countDocuments({ content: text })).toBe(1);
      }
      change(`${name} again`);
    }
    await expectMended();
  });
});

describe("P1, P9: a server that breaks off in the middle", () => {
  const breaking: readonly (readonly [string, NonNullable<Bending["answer"]>])[] = [
    [
      "drips a byte at a time",
      ({ headers, text }, response) => {
        response.writeHead(200, headers);
        let at = 0;
        const drip = setInterval(() => response.write(text[at++ % text.length]), 20);
        response.on("close", () => clearInterval(drip));
        return true;
      },
    ],
    [
      "dies after half an answer",
      ({ headers, text }, response) => {
        response.writeHead(200, { ...headers, "content-length": Buffer.byteLength(text) });
        response.write(text.slice(0, text.length / 2), () => response.destroy());
        return true;
      },
    ],
    [
      "hangs up at once",
      (_, response) => {
        response.destroy();
        return true;
      },
    ],
    ["answers 204", (_, response) => Boolean(response.writeHead(204).end())],
    ["answers 304", (_, response) => Boolean(response.writeHead(304).end())],
    ["answers half a JSON", ({ headers, text }, response) => json(response, headers, text.slice(0, -2))],
    [
      "answers a list of nothing",
      ({ headers }, response) => json(response, headers, '{"status":"success","result":[],"count":0}'),
    ],
  ];

  test.each(breaking)("%s from the second page of each list on", async (_, answer) => {
    await account.simulate();
    const bending: Bending = {
      cap: 10,
      answer: (good, response) => {
        const isLater = good.query.has("afterId") || Number(good.query.get("offset")) > 0;
        return isLater && answer(good, response);
      },
    };
    const env = { HOSTAWAY_TIMEOUT: "1s" };

    expect((await night(bending, { env })).status).not.toBe("succeeded");
    await expectMended();
    for (let nights = 0; nights < 3; nights += 1)
      expect((await night(bending, { env })).status).not.toBe("succeeded");
    expect(await deletedIds("conversations")).toBe(0);
    expect(await deletedIds("messages")).toBe(0);
    await expectMended();
  });

  test.each(breaking)("%s wherever messages are asked for", async (_, answer) => {
    await account.simulate();
    const bending: Bending = {
      answer: (good, response) => MESSAGES.test(good.path) && answer(good, response),
    };
    const env = { HOSTAWAY_TIMEOUT: "1s", HOSTAWAY_CONCURRENCY: "32" };

    await night(bending, { env });
    await expectMended();
    for (let nights = 0; nights < 2; nights += 1) await night(bending, { env });
    expect(await deletedIds("conversations")).toBe(0);
    expect(await deletedIds("messages")).toBe(0);
    await expectMended();
  });
});

describe("P9, P11: more than anybody can mean", () => {
  test.each(LISTS)("a million rows of one id: %s", async (_, list) => {
    await account.simulate();
    let victim: string | undefined;
    const answer: Bending["answer"] = ({ path, headers, text }, response) => {
      const envelope = JSON.parse(text);
      if (!list.test(path) || rowsOf(envelope).length === 0) return false;
      victim ??= path;
      if (path !== victim) return false;
      const row = `{"id":${rowsOf(envelope)[0]?.["id"]}}`;
      return json(
        response,
        headers,
        `{"status":"success","count":1000000,"result":[${Array(1_000_000).fill(row)}]}`,
      );
    };
    const env = { HOSTAWAY_TIMEOUT: "30s" };

    expect((await night({ answer }, { env })).status).not.toBe("succeeded");
    await expectMended();
    for (let nights = 0; nights < 2; nights += 1) await night({ answer }, { env });
    expect(await deletedIds("conversations")).toBe(0);
    expect(await deletedIds("messages")).toBe(0);
    await expectMended();
  });

  test.each(LISTS)("records of five megabytes in every field that is text: %s", async (_, list) => {
    await account.simulate({ conversations: 8 });
    const huge = "ä <b>x</b> ".repeat(100_000);
    const inflate = (row: Row, count: number): Row => {
      let left = count;
      return Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          if (typeof value !== "string" || left === 0) return [name, value];
          left -= 1;
          return [name, huge];
        }),
      );
    };
    const bend: Bending["bend"] = (envelope, path) =>
      list.test(path) && isList(envelope)
        ? { ...envelope, result: rowsOf(envelope).map((row, index) => (index < 2 ? inflate(row, 5) : row)) }
        : envelope;

    await night({ bend }, { env: { HOSTAWAY_TIMEOUT: "30s" } });
    await expectMended();
  });
});
