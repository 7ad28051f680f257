import { describe, expect, test } from "@jest/globals";
import { toContent } from "../../src/transform/content.ts";

/** Generous: what takes longer than this stalls a whole sync. */
const MOST_MILLISECONDS = 3_000;
const MEGABYTE = 1_000_000;

const fillMegabyte = (piece: string) => piece.repeat(Math.ceil(MEGABYTE / piece.length));

describe("a body without HTML stays as it is", () => {
  test.each([
    ["a link in angle brackets", "see <https://example.com/a?b=c>"],
    ["a placeholder", "Dear <guest name>, welcome"],
    ["a tag that was never closed", "<p"],
    ["a non-breaking space", "10\u00a0€"],
    ["right-to-left script", "שלום <3"],
  ])("%s", (_what, body) => {
    expect(toContent(body)).toEqual({ text: body, html: null });
  });
});

describe("HTML becomes plain text, and the original is kept", () => {
  test.each([
    ["nested lists", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"],
    ["numbered lists", "<p>Please:</p><ol><li>a</li><li>b</li></ol>", "Please:\n\n 1. a\n 2. b"],
    ["mail links that show themselves", '<a href="mailto:j@example.com">j@example.com</a>', "j@example.com"],
    ["preformatted text", "<pre>a\n  b</pre>", "a\n  b"],
    ["tags closed in the wrong order", "<b><i>Hi</b> there</i>", "Hi there"],
    ["nothing at all", "<p></p><br>", ""],
    ["half an emoji as a number", "<p>&#xD83D;</p>", "\ufffd"],
  ])("%s", (_what, body, text) => {
    expect(toContent(body)).toEqual({ text, html: body });
  });

  test("the lines of a numbered list are indented alike where it comes first", () => {
    const { text } = toContent("<ol><li>a</li><li>b</li></ol>");

    const indents = text.split("\n").map((line) => line.length - line.trimStart().length);

    expect(new Set(indents).size).toBe(1);
  });

  test("the cells and rows of a table do not run together", () => {
    const rows = "<tr><td>Arrival</td><td>Monday</td></tr><tr><td>Code</td><td>later</td></tr>";

    const { text } = toContent(`<table>${rows}</table>`);

    expect(text.split(/\s+/)).toEqual(["Arrival", "Monday", "Code", "later"]);
  });
});

describe("what no guest is meant to read does not reach the text", () => {
  test.each([
    ["a style sheet in the head", "<html><head><style>.hidden {}</style></head><body>Hi</body></html>"],
    ["a comment", "<p>Hi<!-- hidden --></p>"],
    ["a title", "<html><head><title>hidden</title></head><body>Hi</body></html>"],
  ])("%s", (_what, body) => {
    expect(toContent(body)).toEqual({ text: "Hi", html: body });
  });
});

describe("no body takes long or breaks the conversion", () => {
  test.each([
    ["a megabyte of short paragraphs", fillMegabyte("<p>Hello <b>guest</b></p>")],
    ["a megabyte of tags that never end", fillMegabyte("<b ")],
    ["a megabyte of opening brackets", fillMegabyte("<")],
    ["a megabyte of blanks in a paragraph", `<p>${fillMegabyte(" ")}x</p>`],
    ["a tag with a megabyte of attributes", `<p ${fillMegabyte("a=b ")}>x</p>`],
    ["a long run of non-breaking spaces", `<p>Hi${"\u00a0".repeat(60_000)}x</p>`],
    ["boxes nested ten thousand deep", `${"<div>".repeat(10_000)}x`],
    ["quotations nested ten thousand deep", `${"<blockquote>".repeat(10_000)}x`],
    ["lists nested a thousand deep", `${"<ul><li>".repeat(1_000)}x`],
  ])("%s", (_what, body) => {
    const start = performance.now();

    const { text } = toContent(body);

    expect(typeof text).toBe("string");
    expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
  });
});
