import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { serialize } from "bson";
import { ItemError } from "../../src/domain/failure.ts";
import { EXPORT_FORMATS } from "../../src/export/write-export.ts";
import { walkByCursor, walkByOffset } from "../../src/hostaway/paginate.ts";
import { toContent } from "../../src/transform/content.ts";
import { fingerprintOfRaw, keepRaw } from "../../src/transform/keep-raw.ts";
import { fileOf } from "../export/messages.ts";
import { BODIES } from "../fixtures/hostile/bodies.ts";
import { HEAVY, TEXTS, VALUES } from "../fixtures/hostile/values.ts";
import { message } from "../support/records.ts";
import { KINDS, type Kind } from "../support/transforms.ts";

/** Generous: what takes longer stalls a whole run. */
const MOST_MILLISECONDS = 5_000;
/** A dead letter must be small whatever its record was. */
const LARGEST_LETTER = 256 * 1_024;
const SMALL_HEAP_MB = 256;

async function inTime<T>(work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
  return result;
}

/** A record through decoder, transform and dead letter. */
function digest({ type, transform, document }: Kind, raw: unknown): void {
  const made = transform(raw);
  if (made !== null) expect(document.safeParse(made).error).toBeUndefined();
  expect(serialize({ raw: keepRaw(type, raw) }).length).toBeLessThan(LARGEST_LETTER);
  expect(fingerprintOfRaw(raw)).toMatch(/^[\da-f]{12}$/);
}

describe("P5, P9: a hostile body is converted in bounded time, into a text of bounded size", () => {
  test.each(BODIES)("$what", async ({ make }) => {
    const body = make();

    const { text } = await inTime(() => toContent(body));

    expect(text.length).toBeLessThanOrEqual(body.length * 2 + 20_000);
    if (body.includes("Hello")) expect(text).toContain("Hello");
  });

  test(`all of them with a heap of ${SMALL_HEAP_MB} MB`, async () => {
    const flags = [`--max-old-space-size=${SMALL_HEAP_MB}`, "--import", "tsx"];

    const { stdout } = await promisify(execFile)(process.execPath, [
      ...flags,
      "test/fixtures/hostile/convert-all.ts",
    ]);

    expect(stdout).toBe("");
  });
});

describe("P5: a hostile record becomes a document of its kind or a small dead letter", () => {
  describe.each([...KINDS])("$kind", (kind) => {
    test.each(Object.keys(kind.valid))("with anything in `%s`", (field) => {
      for (const value of VALUES) digest(kind, { ...kind.valid, [field]: value });
    });

    test.each(VALUES.map((value, index) => [index, value] as const))(
      "with value %i in every field",
      (_, value) => {
        digest(kind, Object.fromEntries(Object.keys(kind.valid).map((field) => [field, value])));
      },
    );

    test.each(HEAVY)(
      "with $what in each field, in an unknown one, and instead of the record",
      async ({ make }) => {
        const value = make();
        const fields = Object.keys(kind.valid);

        await inTime(() => digest(kind, { ...kind.valid, unknown: value }));
        await inTime(() => digest(kind, value));
        for (const field of fields) await inTime(() => digest(kind, { ...kind.valid, [field]: value }));
      },
    );

    test.each(VALUES.map((value, index) => [index, value] as const))(
      "value %i instead of the record",
      (_, value) => {
        digest(kind, value);
      },
    );
  });

  test("nothing of them gets into the prototype of all objects", () => {
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

const ANSWERS: readonly unknown[] = JSON.parse(readFileSync("test/fixtures/hostile/answers.json", "utf8"));
const MOST_CALLS = 200;

/** How a walk ends at a server that gives the same answer for ever. */
async function walked(walk: typeof walkByOffset | typeof walkByCursor, answer: unknown, risesToTop: boolean) {
  let calls = 0;
  const items: unknown[] = [];
  const pages = walk({ name: "items", limit: 2, risesToTop }, async () => {
    calls += 1;
    if (calls > MOST_CALLS) throw new Error("no end of calls");
    return answer;
  });
  try {
    for await (const page of pages) items.push(...page.items);
    return { items, error: null };
  } catch (error) {
    return { items, error };
  }
}

describe("P6: a list of hostile answers ends, with an error of its kind if it cannot be whole", () => {
  test.each(ANSWERS.map((answer) => [JSON.stringify(answer), answer] as const))("%s", async (_, answer) => {
    for (const walk of [walkByOffset, walkByCursor]) {
      for (const risesToTop of [false, true]) {
        const { items, error } = await inTime(() => walked(walk, answer, risesToTop));
        if (error !== null) expect(error).toBeInstanceOf(ItemError);
        expect(items.length).toBeLessThan(10);
      }
    }
  });
});

describe("P5, P9: what became of them can be exported", () => {
  const documents = [
    ...BODIES.map(({ make }) => message({ body: make().slice(0, 100_000) })),
    ...TEXTS.map((text) =>
      message({ body: text, status: text, attachments: [{ id: 1, name: text, url: text, isPublic: 1 }] }),
    ),
    message({ body: "guest ".repeat(2_000_000) }),
  ];

  test.each([...EXPORT_FORMATS])("as %s", async (format) => {
    const size = documents.reduce((sum, document) => sum + JSON.stringify(document).length, 0);

    const file = await inTime(() => fileOf(format, documents));

    expect(file.length).toBeLessThan(size * 4);
    if (format === "jsonl") {
      const lines = Buffer.from(file).toString().trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line).content)).toEqual(documents.map(({ content }) => content));
    }
  });
});
