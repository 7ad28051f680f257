import { breaksLines, isElement, isKnownAlone, UNMISTAKABLE } from "./html-elements.ts";
import { isBooleanAttribute } from "./html-tag.ts";

/** HTML's own declarations; nobody writes them by hand. */
const DOCUMENT = /<!doctype\s/i;
const DECLARATION = /<!\[(?:CDATA\[|if\s|endif\])/i;
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s|\/)[^<>]*)?>/gi;
const VALUE = /(?:^|\s)[a-z][a-z\d:-]*\s?=\s?\S/i;
/** Only this many tags are read: a text whose first tags are all unknown is no HTML. */
const MOST_TAGS = 20_000;

export interface Markup {
  /** Whether all elements are inline: then line breaks are the writer's own. */
  readonly isInlineOnly: boolean;
}

/**
 * The kind of HTML of a text; null when it is none. "a < b", "<3", "<jane@example.com>", "<guest name>" and
 * "<i think>" are no tags; an element that must be closed and never is, such as a lone "<b>" or "<title>", is
 * no sign of HTML unless it has attributes.
 */
export function readMarkup(text: string): Markup | null {
  if (!text.includes("<")) return null;
  const isDocument = DOCUMENT.test(text);
  let isFound = isDocument || DECLARATION.test(text) || hasComment(text);
  let isInlineOnly = !isDocument;
  let tags = 0;
  for (const [, slash, name = "", attributes = ""] of text.matchAll(TAG)) {
    tags += 1;
    if (tags > MOST_TAGS) break;
    const element = name.toLowerCase();
    if (!isElement(element)) continue;
    if (slash === "" && !isSign(element, attributes)) continue;
    isFound = true;
    if (breaksLines(element)) isInlineOnly = false;
  }
  return isFound ? { isInlineOnly } : null;
}

/** A comment that never ends would hide the rest of the text. */
function hasComment(text: string): boolean {
  const start = text.indexOf("<!--");
  return start >= 0 && text.includes("-->", start + 4);
}

/** Whether an opening tag alone is a sign of HTML; any closing tag of an element is. */
function isSign(name: string, attributes: string): boolean {
  if (UNMISTAKABLE.has(name) || VALUE.test(attributes)) return true;
  return (
    isKnownAlone(name) && attributes.split(/[\s/]+/).every((word) => word === "" || isBooleanAttribute(word))
  );
}
