import { compile } from "html-to-text";

/** A tag of a real element: "a < b", "<3" and "<jane@example.com>" are not HTML. */
const ELEMENT =
  /<\/?(?:a|b|blockquote|body|br|center|code|div|em|font|h[1-6]|head|hr|html|i|iframe|img|li|noscript|ol|p|pre|s|script|section|small|span|strong|style|sub|sup|table|tbody|td|template|th|thead|tr|u|ul)(?:\s[^<>]*)?\/?>/i;

export interface Content {
  readonly text: string;
  /** The body as it came; only when it was HTML. */
  readonly html: string | null;
}

/** What a reader does not see. */
const HIDDEN = ["iframe", "img", "noscript", "script", "style", "template", "textarea"];
const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];

/** Compiled once: reading the options takes longer than converting a message. */
const htmlToText = compile({
  wordwrap: false,
  selectors: [
    { selector: "a", options: { hideLinkHrefIfSameAsText: true, linkBrackets: ["(", ")"] } },
    ...HIDDEN.map((selector) => ({ selector, format: "skip" })),
    ...HEADINGS.map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: "table", format: "dataTable", options: { uppercaseHeaderCells: false } },
    { selector: "ul", options: { itemPrefix: "- " } },
  ],
});

/** The body as plain text. Only HTML is converted; anything else stays as it is, to the last line break. */
export function toContent(body: string | null): Content {
  if (body === null || !ELEMENT.test(body)) return { text: body ?? "", html: null };
  return { text: tidied(converted(body)), html: body };
}

/** Nobody writes thousands of nested elements, but a program may: their bare text is better than none. */
function converted(html: string): string {
  try {
    return htmlToText(html);
  } catch (error) {
    if (error instanceof RangeError) return html.replace(/<[^<>]*>/g, " ");
    throw error;
  }
}

/** Without the blanks that editors pad with, and without an indent that all lines share. */
function tidied(text: string): string {
  const lines = text
    .replaceAll("\u00a0", " ")
    .split("\n")
    .map((line) => line.trimEnd());
  const indents = lines.filter((line) => line !== "").map((line) => line.length - line.trimStart().length);
  const shared = indents.reduce((least, indent) => Math.min(least, indent), Number.POSITIVE_INFINITY);
  return lines
    .map((line) => line.slice(shared))
    .join("\n")
    .replace(/^\n+/, "")
    .trimEnd();
}
