import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { escaped, forTerminal, inline, inlineAll, multiline, toJson } from "../../src/domain/printable.ts";
import { wrap } from "../../src/report/timeline.ts";
import { widthOf } from "../../src/report/width.ts";

const ACTS_ON_TERMINALS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const text = fc.string({ unit: "binary", maxLength: 60 });

describe("what came from outside", () => {
  test("is one line of visible text, whatever it is", () => {
    fc.assert(fc.property(text, (any) => !ACTS_ON_TERMINALS.test(inline(any))));
  });

  test("keeps its line breaks where it is shown whole, and nothing else that acts", () => {
    fc.assert(fc.property(text, (any) => !ACTS_ON_TERMINALS.test(multiline(any).replaceAll("\n", ""))));
  });

  test("is the same to every reader of JSON", () => {
    fc.assert(
      fc.property(text, (any) => {
        const json = toJson({ any });
        expect(json).not.toMatch(ACTS_ON_TERMINALS);
        expect(JSON.parse(json)).toEqual({ any });
      }),
    );
  });

  test.each([
    ["José Ñandú", "José Ñandú"],
    ["علی\u200cرضا", "علی\u200cرضا"],
    ["👩\u200d👧 ❤\ufe0f", "👩\u200d👧 ❤\ufe0f"],
    ["नमस्ते สวัสดี שָׁלוֹם", "नमस्ते สวัสดี שָׁלוֹם"],
    ["a\r\nb\tc\u2028d", "a b c d"],
    ["\u001b[31mred\u001b[0m", "[31mred[0m"],
    ["\u3164", ""],
  ])("%j is shown as %j", (given, shown) => {
    expect(inline(given)).toBe(shown);
  });

  test("is cut where it is longer than a line", () => {
    expect(inline("x".repeat(5_000_000), 10)).toBe(`${"x".repeat(9)}…`);
    expect(inline(`e${"\u0301".repeat(10_000)}`)).toHaveLength(9);
  });

  test("is cleaned in reports wherever it stands, and dates stay dates", () => {
    const at = new Date(0);

    expect(inlineAll({ at, list: [{ name: "a\u0007b" }], none: null, "k\u202e": 1 })).toEqual({
      at,
      list: [{ name: "ab" }],
      none: null,
      k: 1,
    });
  });
});

test("the last gate lets this program's colours pass, and no other escape", () => {
  const start = String.fromCodePoint(0x1b);

  expect(forTerminal(`${start}[1mbold${start}[22m\n${start}[2J${start}]0;x\u0007`)).toBe(
    `${start}[1mbold${start}[22m\n[2J]0;x`,
  );
});

test("a log line loses nothing", () => {
  expect(escaped("a\u009bb\nc")).toBe("a\\u009bb\\u000ac");
});

describe("columns", () => {
  test.each([
    ["plain", 5],
    ["客様", 4],
    ["ﾊﾝｶｸ".normalize("NFKC"), 8],
    ["e\u0301", 1],
    ["👩\u200d👧", 2],
    ["한국", 4],
  ])("%j takes %i", (given, columns) => {
    expect(widthOf(given)).toBe(columns);
  });

  test("lines of wide characters stay within the terminal", () => {
    for (const line of wrap(`${"客様".repeat(90)} and ${"x".repeat(200)}`, 60))
      expect(widthOf(line)).toBeLessThanOrEqual(60);
  });
});
