import { compile } from "html-to-text";

/** A tag of a real element: "a < b", "<3" and "<jane@example.com>" are not HTML. */
const ELEMENT =
  /<\/?(?:a|b|blockquote|body|br|center|code|div|em|font|h[1-6]|head|hr|html|i|img|li|ol|p|pre|s|section|small|span|strong|style|sub|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]*)?\/?>/i;

export interface Content {
  readonly text: string;
  /** The body as it came; only when it was HTML. */
  readonly html: string | null;
}

/** Compiled once: reading the options takes longer than converting a message. */
const htmlToText = compile({
  wordwrap: false,
  selectors: [
    { selector: "a", options: { hideLinkHrefIfSameAsText: true, linkBrackets: ["(", ")"] } },
    { selector: "img", format: "skip" },
    ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: "ul", options: { itemPrefix: "- " } },
  ],
});

/** The body as plain text. Only HTML is converted; anything else stays as it is, to the last line break. */
export function toContent(body: string | null): Content {
  if (body === null || !ELEMENT.test(body)) return { text: body ?? "", html: null };
  // Editors pad with non-breaking spaces, which would stand at the ends of lines.
  const text = htmlToText(body).replaceAll("\u00a0", " ").replace(/ +$/gm, "").trim();
  return { text, html: body };
}
