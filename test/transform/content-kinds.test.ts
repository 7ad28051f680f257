import { describe, expect, test } from "@jest/globals";
import { CONTENT_LIMITS, toContent } from "../../src/transform/content.ts";
import { decodeEntities } from "../../src/transform/entities.ts";

const textOf = (body: string) => toContent(body).text;

describe("layout tables read cell after cell, without padding", () => {
  const sentence = "Please leave the keys in the box beside the door before eleven o'clock.";

  test.each([
    ["side by side", `<table><tr><td>${sentence}</td><td>${sentence}</td></tr></table>`],
    ["one in the other", `<table><tr><td><table><tr><td>${sentence}</td></tr></table></td></tr></table>`],
    ["with spans", `<table><tr><td colspan="3" rowspan="2">${sentence}</td></tr></table>`],
    ["as paragraphs", `<table><tr><td><p>${sentence}</p></td><td><p>${sentence}</p></td></tr></table>`],
    ["never closed", `<table><tr><td>${sentence}<tr><td>${sentence}`],
  ])("a sentence in a cell is a phrase: %s", (_, body) => {
    expect(textOf(body)).toContain(sentence);
    expect(textOf(body)).not.toMatch(/ {2}/);
  });

  test("rows are lines, cells words apart", () => {
    expect(
      textOf("<table><tr><th>Arrival</th><td>Monday</td></tr><tr><th>Code</th><td>later</td></tr></table>"),
    ).toBe("Arrival Monday\nCode later");
  });

  test("a mail with a long link in a table does not grow", () => {
    const link = `https://example.com/?u=${"x".repeat(2_000)}`;
    const body = `<table>${`<tr><td><a href="${link}">Open</a></td><td>text</td></tr>`.repeat(6)}</table>`;

    expect(textOf(body).length).toBeLessThan(body.length);
    expect(textOf(body)).toContain("Open (https://example.com/?u=xxx");
  });
});

describe("a text with a few tags in it keeps its lines", () => {
  test.each([
    ["Hello,\n\nYour code is <b>ready</b>.\nTom", "Hello,\n\nYour code is ready.\nTom"],
    ["one\r\n<i>two</i>\r\n\r\nthree", "one\ntwo\n\nthree"],
    ["see <a href='https://example.com/x'>this</a>\nand that", "see this (https://example.com/x)\nand that"],
    ["<span>a</span>\n\n\n<span>b</span>", "a\n\n\nb"],
  ])("%j reads %j", (body, text) => {
    expect(toContent(body)).toEqual({ text, html: body });
  });

  test("where paragraphs are tagged, line breaks of the source are none", () => {
    expect(textOf("<p>one\ntwo</p>\n\n<p>three</p>")).toBe("one two\n\nthree");
    expect(textOf("one<br>\ntwo\nthree")).toBe("one\ntwo three");
  });
});

describe("what is no tag is text", () => {
  test.each([
    "see you <i think> around 5",
    "Dear <guest name>, your <code> is <1234>",
    "x <b and b> y",
    "if a<b then b>a",
    "<em dash> and <strong words>",
    "press <i> for information",
    "<p",
    "</>",
    "< p >",
    "<3 <3 <3",
    "<https://example.com/a?b=c> <mailto:j@example.com> <j@example.com>",
    "a <- b -> c <= d => e",
    "<!> <?> <!-",
  ])("%j stays as it is", (body) => {
    expect(toContent(body)).toEqual({ text: body, html: null });
  });

  test("nor is it in a text that is HTML besides", () => {
    expect(textOf("<b>Hi</b>, see you <i think> around 5")).toBe("Hi, see you <i think> around 5");
    expect(textOf("<p>Write to <jane@example.com> or <https://example.com/a></p>")).toBe(
      "Write to <jane@example.com> or <https://example.com/a>",
    );
    expect(textOf("<p>Dear <guest name>,</p>")).toBe("Dear <guest name>,");
    expect(textOf("<p>Office's <o:p>own</o:p> <v:shape id=x>tags</v:shape></p>")).toBe("Office's own tags");
  });
});

describe("every element of HTML's is recognised, alone in its text", () => {
  test.each([
    ["<del>old</del> new", "old new"],
    ["<mark>look</mark>", "look"],
    ["<dl><dt>Wi-Fi</dt><dd>later</dd></dl>", "Wi-Fi\nlater"],
    ["<article>text</article>", "text"],
    ["<!DOCTYPE html>text", "text"],
    ["text<!-- comment -->", "text"],
    ["<ins>a</ins><u>b</u>", "ab"],
    ["<main><header>a</header><footer>b</footer></main>", "a\nb"],
    ["<figure><figcaption>c</figcaption></figure>", "c"],
    ["<details><summary>More</summary>text</details>", "More\ntext"],
    ["<address>Rua 1<br/>Lisboa</address>", "Rua 1\nLisboa"],
    ["<time datetime=2026>today</time>", "today"],
    ["<abbr title='x'>BnB</abbr>", "BnB"],
    ["<q>yes</q><cite>no</cite>", "yesno"],
    ["<ruby>漢<rt>kan</rt></ruby>", "漢kan"],
    ["a<wbr>b", "ab"],
    ["one<hr>two", `one\n${"-".repeat(40)}\ntwo`],
    ["<caption>a</caption><col><colgroup></colgroup>", "a"],
    ["<button>Book</button>", "Book"],
    ["<label>Name</label>", "Name"],
    ["<center>mid</center><big>b</big><tt>t</tt><strike>s</strike>", "mid\nbts"],
    ["<BR>\n<BR/>x", "x"],
  ])("%j reads %j", (body, text) => {
    expect(toContent(body)).toEqual({ text, html: body });
  });

  test.each([
    "script",
    "style",
    "template",
    "textarea",
    "title",
    "noscript",
    "iframe",
    "svg",
    "object",
    "select",
  ])("what is inside of <%s> is not shown, what follows is", (name) => {
    expect(textOf(`<p>a</p><${name} x=1>hidden</${name}><p>b</p>`)).toBe("a\n\nb");
  });

  test.each([
    ['<p>a</p><div style="color:red; DISPLAY : none">hidden<div>too</div></div><p>b</p>', "a\n\nb"],
    ["<p>a</p><span hidden>hidden</span><p>b</p>", "a\n\nb"],
    ["<p>a</p><iframe src=x /><p>b</p>", "a\n\nb"],
  ])("%j shows what is not hidden", (body, text) => {
    expect(textOf(body)).toBe(text);
  });
});

describe("invisible characters do not divide words", () => {
  test.each([
    ["<p>one&nbsp;two &nbsp;three\u00a0four</p>", "one two  three four"],
    ["<p>book&#8203;ing</p>", "booking"],
    ["<p>book&ZeroWidthSpace;ing soft&shy;ly &#xFEFF;now</p>", "booking softly now"],
    ["<p>می&zwnj;خواهم</p>", "می\u200cخواهم"],
    ["<p>👩‍👧</p>", "👩‍👧"],
    [`<div>${"&#847; &zwnj; &nbsp; ".repeat(50)}</div><p>Hello</p>`, "Hello"],
  ])("%j reads %j", (body, text) => {
    expect(textOf(body)).toBe(text);
  });
});

describe("entities are decoded where they are unmistakable", () => {
  test.each([
    ["Don&#39;t worry", "Don't worry"],
    ["AT&amp;T", "AT&T"],
    ["O&#39;Brien &quot;Bob&quot;", 'O\'Brien "Bob"'],
    ["caf&eacute; &euro;5 &#x1F600; &hellip;", "café €5 😀 …"],
    ["Don&amp;#39;t, AT&amp;amp;T", "Don't, AT&T"],
    ["a &lt;b&gt; c", "a <b> c"],
    ["AT&T, R&D; this &that; &nosuchname; &#; &#x; &;", "AT&T, R&D; this &that; &nosuchname; &#; &#x; &;"],
    ["?a=1&copy=2&lt=3", "?a=1&copy=2&lt=3"],
    ["&#0; &#xD800; &#99999999;", "\ufffd \ufffd \ufffd"],
  ])("%j is %j", (text, decoded) => {
    expect(decodeEntities(text)).toBe(decoded);
    expect(toContent(text)).toEqual({ text: decoded, html: null });
  });
});

describe("P5, P9: whatever is in a body, its conversion is bounded", () => {
  const megabyte = (piece: string) => piece.repeat(Math.ceil(1_000_000 / piece.length));
  const BODIES: readonly (readonly [string, string])[] = [
    ["a span of a thousand million columns", '<table><tr><td colspan="1000000000">Hello</td></tr></table>'],
    ["a span of a thousand million rows", '<table><tr><td rowspan="1000000000">Hello</td></tr></table>'],
    ["a span that is seen in mails", '<table><tr><td colspan="65534">Hello</td></tr></table>'],
    [
      "spans in every cell",
      `<table>${'<tr><td colspan="9999" rowspan="9999">Hello</td></tr>'.repeat(3_000)}</table>`,
    ],
    ["a list that begins at a thousand million", '<ol start="1000000000000000000000"><li>Hello</li></ol>'],
    ["elements nested 300,000 deep", `${megabyte("<b>")}Hello`],
    ["boxes nested 200,000 deep", `${megabyte("<div>")}Hello`],
    ["quotations nested 80,000 deep", `${megabyte("<blockquote>")}Hello`],
    ["lists nested 100,000 deep", `${megabyte("<ul><li>")}Hello`],
    ["numbered lists nested 100,000 deep, each with a line", `${megabyte("<ol><li>Hello<br>")}`],
    ["tables nested 50,000 deep", `${megabyte("<table><tr><td>")}Hello`],
    ["ends without beginnings, inside of many beginnings", `Hello${megabyte("<div>")}${megabyte("</b>")}`],
    ["links that are never closed", `Hello${megabyte('<a href="https://example.com/">')}`],
    ["a link of two megabytes", `<a href="https://example.com/${megabyte("x")}${megabyte("y")}">Hello</a>`],
    ["half a million line breaks", `Hello${megabyte("<br>")}Hello`],
    ["an attribute without end", `<p>Hello</p><p title="${megabyte("x")}`],
    ["a comment without end", `<p>Hello</p><!--${megabyte("- -")}`],
    ["comments that never end", `<p>Hello</p>${megabyte("<!--")}`],
    ["a style sheet without end", `<p>Hello</p><style>${megabyte("p{} <")}`],
    ["scripts that never end", `<p>Hello</p>${megabyte("<script>")}`],
    ["marked sections", `<p>Hello</p>${megabyte("<![CDATA[")}`],
    ["entities", `<p>Hello</p>${megabyte("&amp;")}`],
    ["half entities", `<p>Hello</p>${megabyte("&a")}`],
    ["ampersands", `Hello${megabyte("&")}`],
    ["numbers that are no characters", `<p>Hello</p>${megabyte("&#99999999999;")}`],
    ["non-breaking blanks", `<p>Hello${megabyte("&nbsp;")}x</p>`],
    ["invisible characters", `<p>Hello</p>${megabyte("\u200b\u200c\u034f ")}`],
    ["names that are no elements", `<p>Hello</p>${megabyte("<nosuch>")}`],
    ["a name without end", `Hello<${megabyte("a")}`],
    ["names without end", `Hello${megabyte("<aaaaaaaaaa")}`],
    ["tags without end", `Hello${megabyte("<p ")}`],
    ["slashes", `Hello${megabyte("</")}`],
    ["preformatted lines", `<pre>Hello${megabyte("\n x")}</pre>`],
    ["thousands of attributes", `<p ${megabyte("a=b ")}>Hello</p>`],
    ["five megabytes of text", `<p>Hello</p>${megabyte("word ").repeat(5)}`],
    ["thirty megabytes of tags", `<p>Hello</p>${megabyte("<i>x</i>").repeat(30)}`],
  ];

  test.each(BODIES)("%s", (_, body) => {
    const start = performance.now();

    const { text } = toContent(body);

    expect(performance.now() - start).toBeLessThan(3_000);
    expect(text).toContain("Hello");
    expect(text.length).toBeLessThanOrEqual(body.length * 2 + 20_000);
  });

  test("a conversion that takes too long ends, and the body's bare text stands in", () => {
    const body = `<p>Hello</p>${megabyte("<p>a <b>guest</b></p>")}`;
    const start = performance.now();

    const { text, html } = toContent(body, { ...CONTENT_LIMITS, longestMs: 1 });

    expect(performance.now() - start).toBeLessThan(1_500);
    expect(text).toMatch(/^\s*Hello\s+a\s+guest/);
    expect(text).not.toContain("<");
    expect(html).toBe(body);
  });

  test("of HTML beyond the limit the beginning is converted", () => {
    const { text } = toContent(`<p>${"word ".repeat(100)}</p><p>end</p>`, {
      ...CONTENT_LIMITS,
      longestHtml: 53,
    });

    expect(text).toMatch(/^(word ?)+$/);
  });
});
