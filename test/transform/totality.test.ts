import { describe, expect, jest, test } from "@jest/globals";
import { serialize } from "bson";
import fc from "fast-check";
import type { z } from "zod";
import { Conversation } from "../../src/domain/conversation.ts";
import { fingerprintOfRaw, keepRaw } from "../../src/transform/keep-raw.ts";
import {
  CONVERSATION,
  conversationOf,
  KINDS,
  MESSAGE,
  messageOf,
  type Raw,
  RESERVATION,
} from "../support/transforms.ts";

/** A short while in everybody's tests, a long one when asked for. */
const LONGER = Math.max(1, Number(process.env["MODEL_RUNS"] ?? 50) / 50);
/** In bytes, of what is kept of one record. */
const LARGEST_LETTER = 256 * 1_024;
const MOST_TIME_MS = 120_000 + LONGER * 10_000;

jest.setTimeout(MOST_TIME_MS);

/** Values that have broken decoders before. */
const TROUBLE: readonly unknown[] = [
  "",
  " ",
  ".",
  "\ud800",
  "a\udc00b",
  "\u0000",
  "<b>\ud83d</b>",
  "<p>&#xD83D;&#0;&#x110000;</p>",
  "</p></b><td><li><ol><ul>",
  "constructor",
  "__proto__",
  "0",
  "-0",
  "00",
  "9".repeat(400),
  "-99999999999999999999.9999999999",
  "1e400",
  "NaN",
  "9999-12-31 23:59:59",
  "1900-01-01 00:00:00",
  "0000-00-00 00:00:00",
  "2024-02-30",
  "+4915112345678",
  "+",
  "x-y-z",
  "en-840",
  -0,
  5e-324,
  1e21,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  2 ** 31,
  0.1 + 0.2,
  [[]],
  [null],
  {},
  null,
  undefined,
];

const anything = fc.oneof(
  fc.constantFrom(...TROUBLE),
  fc.jsonValue(),
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: 0n, max: 10n ** 40n }).map(String),
);

/** A valid record of which some fields are replaced. */
function damaged(valid: Raw): fc.Arbitrary<Raw> {
  const replacements = fc.dictionary(fc.constantFrom(...Object.keys(valid)), anything, { maxKeys: 6 });
  return replacements.map((replaced) => ({ ...valid, ...replaced }));
}

function expectNothingOrDocument(document: z.ZodType, made: unknown): void {
  if (made === null) return;
  const { error } = document.safeParse(made);
  if (error) throw new Error(`not a document of its kind: ${error.message}`);
}

const reservationInside = damaged(RESERVATION).map((Reservation) => ({ ...CONVERSATION, Reservation }));

describe("whatever JSON Hostaway sends, decode and transform never throw, and what they make satisfies the document's own schema", () => {
  describe.each([...KINDS])("$kind", ({ type, valid, transform, document }) => {
    test("a valid record is not refused", () => {
      expect(transform(valid)).not.toBeNull();
      expectNothingOrDocument(document, transform(valid));
    });

    test("any JSON at all", () => {
      fc.assert(
        fc.property(fc.oneof(fc.jsonValue(), anything), (raw) => {
          expectNothingOrDocument(document, transform(raw));
        }),
        { numRuns: 500 * LONGER },
      );
    });

    test("valid records with any fields replaced by any JSON", () => {
      fc.assert(
        fc.property(damaged(valid), (raw) => {
          expectNothingOrDocument(document, transform(raw));
        }),
        { numRuns: 1_500 * LONGER },
      );
    });

    test("what is kept of any JSON can be stored, is small, and is told apart", () => {
      fc.assert(
        fc.property(fc.oneof(fc.jsonValue({ maxDepth: 8 }), anything, damaged(valid)), (raw) => {
          expect(serialize({ raw: keepRaw(type, raw) }).length).toBeLessThan(LARGEST_LETTER);
          expect(fingerprintOfRaw(raw)).toMatch(/^[\da-f]{12}$/);
        }),
        { numRuns: 500 * LONGER },
      );
    });

    test.each(Object.keys(valid))("valid records with trouble in `%s`", (field) => {
      for (const value of TROUBLE) expectNothingOrDocument(document, transform({ ...valid, [field]: value }));
    });
  });

  test("conversations around reservations with any fields replaced", () => {
    fc.assert(
      fc.property(reservationInside, (raw) => {
        expectNothingOrDocument(Conversation, conversationOf(raw));
      }),
      { numRuns: 500 * LONGER },
    );
  });

  test("the text of a message can be stored as UTF-8 whatever its body was", () => {
    fc.assert(
      fc.property(anything, (body) => {
        const document = messageOf({ ...MESSAGE, body });
        return document?.content.isWellFormed() !== false && document?.content_html?.isWellFormed() !== false;
      }),
      { numRuns: 500 * LONGER },
    );
  });
});
