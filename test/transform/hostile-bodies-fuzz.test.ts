import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { toContent } from "../../src/transform/content.ts";

/** A short while in everybody's tests, always the same bodies; new and more ones when asked for. */
const RUNS = Number(process.env["MODEL_RUNS"] ?? 40) * 25;
const SEED = process.env["MODEL_SEED"] ?? (process.env["MODEL_RUNS"] === undefined ? "20261127" : undefined);
const DRAW = { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) };
const MOST_TIME_MS = 60_000 + RUNS * 20;
/** Of one body of some hundred characters. */
const LONGEST_CONVERSION_MS = 1_000;

/** HTML, and the words of it that are visible, in order. */
interface Piece {
  readonly html: string;
  readonly words: readonly string[];
}

const piece = (html: string, ...words: readonly string[]): Piece => ({ html, words });
const joined = (pieces: readonly Piece[]): Piece => ({
  html: pieces.map(({ html }) => html).join(""),
  words: pieces.flatMap(({ words }) => words),
});
const around = (before: string, { html, words }: Piece, after: string): Piece => ({
  html: `${before}${html}${after}`,
  words,
});

/** Marked, so that they are no words of addresses, attributes or anything that is hidden. */
const word = fc
  .string({ unit: fc.constantFrom(..."abzéשя日"), minLength: 1, maxLength: 6 })
  .map((letters) => `«${letters}»`);

const gap = fc.constantFrom("", " ", "\n", "\t ", "\r\n\r\n", "&nbsp;", "&#8203;", "<br>", "<br/>");
const attributes = fc.constantFrom(
  "",
  " class=x",
  ' style="color: red; font-family: &quot;Arial&quot;"',
  " data-id",
  ' title="a > b"',
  " dir='rtl'\n lang=he",
  ' colspan="1000000000"',
  ' rowspan="65534"',
);
const address = fc.webUrl({ withQueryParameters: true }).map((url) => url.replaceAll(/[&"<>]/g, ""));

const INLINE = ["a", "b", "i", "em", "strong", "span", "u", "del", "mark", "font", "code", "time", "sup"];
const BLOCKS = [
  "p",
  "div",
  "section",
  "article",
  "blockquote",
  "pre",
  "h1",
  "center",
  "address",
  "main",
  "form",
];
const UNENDED = ["p", "li", "td", "tr", "dt", "div", "b", "table", "ul", "ol"];
const HIDDEN = ["script", "style", "template", "noscript", "title", "iframe", "textarea", "svg", "select"];

const shown = word.map((text) => piece(` ${text} `, text));

/** What is not seen holds words that are not marked. */
const unseen = fc.oneof(
  fc.constantFrom(...HIDDEN).map((name) => piece(`<${name}>secret</${name}>`)),
  fc
    .constantFrom("<!-- secret -->", "<!--[if mso]><p>secret</p><![endif]-->", "<!-->", "<?xml secret?>")
    .map((html) => piece(html)),
  fc.constantFrom(...BLOCKS).map((name) => piece(`<${name} style="display:none">secret</${name}>`)),
  fc
    .constantFrom("<img src=x.png alt=secret>", "<meta name=secret>", "<link rel=secret>", "<wbr>")
    .map((html) => piece(html)),
);

const { body: markup } = fc.letrec<{ body: Piece; element: Piece }>((tie) => ({
  body: fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: shown },
        unseen,
        gap.map((html) => piece(html)),
        tie("element"),
      ),
      { maxLength: 6 },
    )
    .map(joined),
  element: fc.oneof(
    { maxDepth: 6 },
    shown,
    fc
      .tuple(fc.constantFrom(...INLINE, ...BLOCKS), attributes, tie("body"))
      .map(([name, given, inner]) => around(`<${name}${given}>`, inner, `</${name}>`)),
    fc
      .tuple(fc.constantFrom(...UNENDED), attributes, tie("body"))
      .map(([name, given, inner]) => around(`<${name}${given}>`, inner, "")),
    fc
      .tuple(
        fc.constantFrom("ul", "ol", "ul type=a", "ol start=99999999999"),
        fc.array(tie("body"), { maxLength: 3 }),
      )
      .map(([list, items]) =>
        around(
          `<${list}>`,
          joined(items.map((item) => around("<li>", item, "</li>"))),
          `</${list.slice(0, 2)}>`,
        ),
      ),
    fc
      .tuple(attributes, fc.array(fc.array(tie("body"), { maxLength: 3 }), { maxLength: 3 }))
      .map(([given, rows]) =>
        around(
          "<table>",
          joined(
            rows.map((cells) =>
              around("<tr>", joined(cells.map((cell) => around(`<td${given}>`, cell, "</td>"))), "</tr>"),
            ),
          ),
          "</table>",
        ),
      ),
    fc.tuple(address, word).map(([url, text]) => piece(`<a href="${url}">${text}</a>`, text)),
  ),
}));

/** A text with something in it that makes it HTML beyond doubt. */
const html = fc
  .tuple(fc.constantFrom("<p>", "<!DOCTYPE html><html><head><body>", "<div class=x>"), markup)
  .map(([before, inner]) => around(before, inner, ""));

const wordsOf = (text: string) => text.match(/«[^«»]+»/g) ?? [];

function converted(body: string): string {
  const start = performance.now();
  const { text } = toContent(body);
  expect(performance.now() - start).toBeLessThan(LONGEST_CONVERSION_MS);
  expect(text.length).toBeLessThanOrEqual(body.length * 2 + 16_384);
  expect(text.isWellFormed()).toBe(true);
  return text;
}

test(
  "P6: of any HTML the visible words are in the text, in order, and nothing that is hidden, and no markup",
  () => {
    fc.assert(
      fc.property(html, ({ html: body, words }) => {
        const text = converted(body);
        expect(wordsOf(text)).toEqual(words);
        expect(text).not.toContain("secret");
        expect(text).not.toMatch(/<\/?[a-z!?]/i);
      }),
      DRAW,
    );
  },
  MOST_TIME_MS,
);

const WRECKAGE = [
  ..."<>&;/='\"!-[]?#x \n\0",
  ...[
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!doctype ",
    "</",
    "/>",
    "&#",
    "&#x",
    "&amp;lt;",
    "&#xD800;",
    "&lt;p&gt;",
  ],
  ...[
    "<script>",
    "</script",
    "<style>",
    "<title>",
    "<plaintext>",
    "<pre>",
    "<svg>",
    "<ol start=-9>",
    "<li>",
    "</ul>",
  ],
  ...[
    "<table>",
    "<td colspan=9e9>",
    "</table>",
    "<p hidden>",
    "<a href='",
    "<blockquote>",
    "display:none",
    'style="',
  ],
  ...[
    "\u200b",
    "\u00ad",
    "\u200d",
    "\u202e",
    "\ud83d",
    "\ude00",
    "🏖️",
    "\u001b[2J",
    "\u0085",
    "\u2028",
    "\ufeff",
  ],
];
const wreckage = fc
  .array(fc.oneof(fc.constantFrom(...WRECKAGE), word, fc.string({ unit: "binary", maxLength: 5 })), {
    maxLength: 60,
  })
  .map((pieces) => pieces.join("").toWellFormed());

test(
  "P5: whatever is written, it becomes a text of bounded length in bounded time, or stays as it is",
  () => {
    fc.assert(
      fc.property(wreckage, fc.integer({ min: 1, max: 40 }), (once, times) => {
        const body = once.repeat(times);
        const { html: kept } = toContent(body);
        const text = converted(body);
        if (kept === null && !body.includes("&")) expect(text).toBe(body);
        else if (kept !== null) expect(kept).toBe(body);
      }),
      DRAW,
    );
  },
  MOST_TIME_MS,
);

/** What people type: no element of HTML's, no entity. */
const typed = fc
  .array(
    fc.oneof(
      word,
      fc.constantFrom(
        " ",
        "\n",
        "\r\n",
        "\t",
        "a < b > c",
        "<3",
        "</3",
        "<guest name>",
        "<j@example.com>",
        "R&D",
        "&",
        "->",
        "<-",
      ),
      fc.constantFrom(
        "<title>",
        "<b>",
        "<https://example.com/?a=1&b=2>",
        "🏖️",
        "\u00a0",
        "\u200b",
        "- ",
        "> ",
        "1. ",
      ),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(""));

test(
  "a plain text stays what it is, however often it is read",
  () => {
    fc.assert(
      fc.property(typed, (body) => {
        expect(toContent(body)).toEqual({ text: body, html: null });
      }),
      DRAW,
    );
  },
  MOST_TIME_MS,
);
