import { describe, expect, test } from "@jest/globals";
import { CONTENT_LIMITS, toContent } from "../../src/transform/content.ts";

const textOf = (body: string) => toContent(body).text;

describe("P6: no words are lost behind what is hidden and never ends", () => {
  test.each([
    ["a head without its end", "<html><head><meta charset=utf-8><title>t</title><body>Hello</body></html>"],
    ["a paragraph that the next one ends", '<p style="display:none">x<p>Hello</p><p>more</p>'],
    ["a paragraph that a box ends", '<p style="display:none">x<div>Hello</div>'],
    ["a cell that the next one ends", '<table><tr><td style="display:none">x<td>Hello</table>'],
    ["an item that the next one ends", "<ul><li hidden>x<li>Hello</ul>"],
    ["a span that its box ends", '<div><span style="display:none">x</div><div>Hello</div>'],
    ["an object", "<p>x</p><object data=a.swf><p>Hello</p>"],
    ["a drawing", "<svg><p>Hello</p>"],
    ["a frame", "<p>x</p><iframe src=a.html><p>Hello</p>"],
  ])("%s", (_, body) => {
    expect(textOf(body)).toContain("Hello");
    expect(textOf(body)).not.toContain("<");
  });

  test.each(["script", "style", "textarea", "title"])(
    "in <%s> there are no words, even if it never ends",
    (name) => {
      expect(textOf(`<p>Hello</p><${name}>secret<p>secret</p>`)).toBe("Hello");
    },
  );

  test("what ends stays hidden", () => {
    const preheader = '<div style="display:none">secret<div>secret</div><p>secret</div>';

    expect(
      textOf(`<html><head><title>secret</title></head><body>${preheader}<p>Hello</p></body></html>`),
    ).toBe("Hello");
  });
});

describe("placeholders that are called like elements are text", () => {
  test.each([
    "Dear <title> <name>, your stay is at <address>. Bring <link> and <option>.",
    "<summary>, <section>, <label>, <object>, <head> and <data>",
    "a <table for two> and <body language>",
    "Hello <!-- this was never closed",
  ])("%j stays as it is", (body) => {
    expect(toContent(body)).toEqual({ text: body, html: null });
  });

  test("those with hyphens and colons stay in HTML, too, but for other programs' tags", () => {
    expect(textOf("<p>From <check-in> to <check-out>, <wifi:sunny></p>")).toBe(
      "From <check-in> to <check-out>, <wifi:sunny>",
    );
    expect(textOf('<p><o:p>a</o:p> <my-button class="x">b</my-button> <v:shape id=x>c</v:shape></p>')).toBe(
      "a b c",
    );
  });
});

describe("tags are tags with whatever attributes they come", () => {
  test.each([
    ["<p data-reactroot>Hello</p>", "Hello"],
    ["<table border><tr><td nowrap background>Hello</td></tr></table>", "Hello"],
    ['<p style="font: "Arial"">Hello</p>', "Hello"],
    ["<div contenteditable spellcheck>Hello</div>", "Hello"],
    ["<a href>Hello</a>", "Hello"],
    ["<span aria-hidden>Hello</span>", "Hello"],
  ])("%j reads %j", (body, text) => {
    expect(toContent(body)).toEqual({ text, html: body });
  });

  test("a link that was never closed is one", () => {
    expect(textOf("see <a href='https://example.com/x'>this")).toBe("see this (https://example.com/x)");
  });
});

describe("line breaks are the writer's own where no element makes lines", () => {
  test.each([
    ["a picture", "Hello,\n\nlook <img src=x.png>\nTom", "Hello,\n\nlook\nTom"],
    ["a counting pixel", "Hello,\n\nbye\n<img src=x.png width=1>", "Hello,\n\nbye"],
    ["a comment", "Hello,\n\nbye <!-- id 12 -->\nTom", "Hello,\n\nbye\nTom"],
    ["a style sheet", "<style>\np {}\n</style>Hello,\n\nbye", "Hello,\n\nbye"],
    ["a place to break", "Hel<wbr>lo,\n\nbye", "Hello,\n\nbye"],
  ])("with %s", (_, body, text) => {
    expect(toContent(body)).toEqual({ text, html: body });
  });
});

test.each(["listing", "multicol", "rb", "rtc", "selectedcontent", "xmp"])(
  "<%s> is one of HTML's elements",
  (name) => {
    expect(textOf(`<${name}>Hello</${name}>`)).toBe("Hello");
  },
);

describe("P5: a body that is cut is cut between characters, and late", () => {
  test("words after a picture of megabytes are read", () => {
    const picture = `<img src="data:image/png;base64,${"iVBOR+/=".repeat(1_000_000)}">`;

    expect(textOf(`<p>before</p>${picture}<p>after</p>`)).toBe("before\n\nafter");
  });

  test.each([
    ["the limit", `<p>xx${"🏖️".repeat(100)}</p>`, { ...CONTENT_LIMITS, longestHtml: 52 }],
    ["a long address", `<a href="https://example.com/${"🏖".repeat(900)}">xx</a>`, CONTENT_LIMITS],
    ["a longer one", `<a href="https://example.com/x${"🏖".repeat(900)}">xx</a>`, CONTENT_LIMITS],
  ])("at %s", (_, body, limits) => {
    const { text } = toContent(body, limits);

    expect(text.isWellFormed()).toBe(true);
    expect(text).toContain("xx");
  });

  test("bare text has neither tags nor style sheets in it", () => {
    const style = "<style>p { color: red }</style><SCRIPT>if (a < b) alert(1)</SCRIPT >";
    const body = `<p>Hello</p>${style}${"<p>a <b>guest</b></p>".repeat(50_000)}`;

    const { text } = toContent(body, { ...CONTENT_LIMITS, longestMs: 1 });

    expect(text).toMatch(/^\s*Hello\s+a\s+guest/);
  });
});
