import { Tokenizer, type TokenizerCallbacks } from "htmlparser2";
import {
  BLOCKS,
  BOOLEAN_ATTRIBUTES,
  breaksLines,
  HIDDEN,
  isElement,
  isKnownAlone,
  RAW,
  SPACED,
  UNMISTAKABLE,
  VOID,
} from "./html-elements.ts";
import { createTextWriter } from "./text-writer.ts";

/** A longer address is for a program that counts clicks, not for a reader. */
const LONGEST_ADDRESS = 1_000;

const RULE = "-".repeat(40);
const UNNUMBERED = ["ul", "menu", "dir"] as const;

/** A tag as it was written. */
interface Tag {
  readonly name: string;
  readonly start: number;
  /** Values of the attributes that matter here. */
  readonly attributes: Map<string, string>;
  hasValue: boolean;
  /** Whether something stands in it that is no attribute of HTML's: `<i think>` is no tag. */
  hasWords: boolean;
}

/**
 * HTML as a reader sees it: lines and paragraphs where elements begin and end, list marks, quotations, the addresses of
 * links; cells of a table one after the other, each row on its own line. What is no tag of HTML's is text.
 *
 * One walk over the tokens of the text, with a few counters and no tree: time and memory grow with the length of the
 * text and with nothing else that is written in it, not with depth, spans, attributes or tags that are never closed.
 *
 * @param keepLines whether a line break in the text is one for the reader, as in a text with a few tags in it
 */
export function htmlToText(html: string, keepLines: boolean): string {
  const { text, isCutOff } = walk(html, keepLines, true);
  return isCutOff ? walk(html, keepLines, false).text : text;
}

interface Walked {
  readonly text: string;
  /** Whether a hidden element never ended: then what follows it is missing, and more is hidden than was meant. */
  readonly isCutOff: boolean;
}

/** @param hides whether what a reader does not see is left out, or only what holds no text at all */
function walk(html: string, keepLines: boolean, hides: boolean): Walked {
  const isUnseen = ({ name, attributes }: Tag) =>
    RAW.has(name) || (hides && (HIDDEN.has(name) || isHidden(attributes)));
  const writer = createTextWriter();
  let tag: Tag | null = null;
  let attribute = "";
  let value = "";
  /** How many elements are open in which nothing is shown; which of them began it. */
  let hidden: { readonly name: string; depth: number } | null = null;
  let link: { readonly address: string; readonly shown: () => string } | null = null;
  let preformatted = 0;

  function text(words: string): void {
    if (hidden) return;
    if (preformatted > 0) writer.preformatted(words);
    else if (keepLines) writer.lines(words);
    else writer.words(words);
  }

  function endLink(): void {
    if (!link) return;
    const { address } = link;
    const shown = link.shown().trim();
    link = null;
    if (address !== "" && !showsAddress(address, shown)) writer.words(` (${address})`);
  }

  function around(name: string): void {
    if (SPACED.has(name)) writer.paragraph();
    else if (BLOCKS.has(name)) writer.block();
  }

  const opening = new Map<string, (attributes: Tag["attributes"]) => void>([
    [
      "a",
      (attributes) => {
        endLink();
        link = { address: addressOf(attributes), shown: writer.listen() };
      },
    ],
    ["br", writer.lineBreak],
    [
      "hr",
      () => {
        writer.words(RULE);
        writer.block();
      },
    ],
    ["li", writer.beginItem],
    ...UNNUMBERED.map((name) => [name, () => writer.beginList(null)] as const),
    ["ol", (attributes) => writer.beginList(firstNumber(attributes))],
    ["blockquote", writer.beginQuote],
    [
      "pre",
      () => {
        preformatted += 1;
      },
    ],
    ["td", writer.cell],
    ["th", writer.cell],
  ]);

  const closing = new Map<string, () => void>([
    ["a", endLink],
    ["br", writer.lineBreak],
    ["li", writer.endItem],
    ...["ol", ...UNNUMBERED].map((name) => [name, writer.endList] as const),
    ["blockquote", writer.endQuote],
    [
      "pre",
      () => {
        preformatted = Math.max(0, preformatted - 1);
      },
    ],
  ]);

  function open(tag: Tag): void {
    const { name, attributes } = tag;
    if (hidden) {
      if (hidden.name === name && !VOID.has(name)) hidden.depth += 1;
      return;
    }
    if (isUnseen(tag)) {
      if (!VOID.has(name)) hidden = { name, depth: 1 };
      return;
    }
    around(name);
    opening.get(name)?.(attributes);
  }

  function close(name: string): void {
    if (hidden) {
      if (hidden.name !== name) return;
      hidden.depth -= 1;
      if (hidden.depth === 0) hidden = null;
      return;
    }
    closing.get(name)?.();
    around(name);
  }

  function endTag(end: number): void {
    if (!tag) return;
    if (isTag(tag)) open(tag);
    else text(html.slice(tag.start, end + 1));
    tag = null;
  }

  const callbacks: TokenizerCallbacks = {
    ontext: (start, end) => text(html.slice(start, end)),
    ontextentity: (codePoint) => text(fromCodePoint(codePoint)),
    onopentagname(start, end) {
      const name = html.slice(start, end).toLowerCase();
      tag = { name, start: start - 1, attributes: new Map(), hasValue: false, hasWords: false };
    },
    onattribname(start, end) {
      attribute = html.slice(start, Math.min(end, start + 40)).toLowerCase();
      value = "";
    },
    onattribdata(start, end) {
      if (value.length < LONGEST_ADDRESS * 2)
        value += html.slice(start, Math.min(end, start + LONGEST_ADDRESS * 2));
    },
    onattribentity(codePoint) {
      value += fromCodePoint(codePoint);
    },
    onattribend(quote) {
      if (!tag) return;
      if (quote !== 0) tag.hasValue = true;
      else if (!isBoolean(attribute)) tag.hasWords = true;
      if (READ.has(attribute) && !tag.attributes.has(attribute)) tag.attributes.set(attribute, value);
    },
    onopentagend: endTag,
    onselfclosingtag(end) {
      const name = tag?.name;
      endTag(end);
      // Only void elements end like this, but what is hidden must not hide the rest of the message.
      if (name && hidden?.name === name) close(name);
    },
    onclosetag(start, end) {
      const name = html.slice(start, end).toLowerCase();
      if (isElement(name)) close(name);
      else if (!isOffice(name) && !isCustom(name)) text(`</${html.slice(start, end)}>`);
    },
    oncomment: () => undefined,
    oncdata: (start, end, offset) => text(html.slice(start, end - offset)),
    ondeclaration: () => undefined,
    onprocessinginstruction: () => undefined,
    onend: () => undefined,
  };
  const tokenizer = new Tokenizer({ decodeEntities: true }, callbacks);
  tokenizer.write(html);
  tokenizer.end();
  endLink();
  return { text: writer.text(), isCutOff: isOpen(hidden) };
}

function isOpen(hidden: { readonly name: string } | null): boolean {
  return hidden !== null && !RAW.has(hidden.name);
}

const READ = new Set(["href", "style", "hidden", "start"]);

/** Whether a reader's program would take it for a tag; what it does not know, it passes over, but words are not lost. */
function isTag({ name, hasValue, hasWords }: Tag): boolean {
  if (UNMISTAKABLE.has(name)) return true;
  if (isElement(name)) return hasValue || !hasWords;
  return isOffice(name) || (isCustom(name) && hasValue);
}

/** `o:p`, `v:shape`, `st1:City`. */
function isOffice(name: string): boolean {
  return /^[a-z]{1,2}\d?:[a-z][a-z\d-]*$/.test(name);
}

/** `my-button`; without attributes it may as well be a placeholder: `<check-in>`. */
function isCustom(name: string): boolean {
  return /^[a-z][a-z\d]*(?:-[a-z\d]+)+$/.test(name);
}

function isHidden(attributes: ReadonlyMap<string, string>): boolean {
  if (attributes.has("hidden")) return true;
  return /(?:^|;)\s*display\s*:\s*none/i.test(attributes.get("style") ?? "");
}

function firstNumber(attributes: ReadonlyMap<string, string>): number {
  const start = Number(attributes.get("start") ?? 1);
  return Number.isSafeInteger(start) && Math.abs(start) < 1_000_000 ? start : 1;
}

/** Empty for what leads nowhere: a place in the same page, a script, a picture in the address itself. */
function addressOf(attributes: ReadonlyMap<string, string>): string {
  const address = (attributes.get("href") ?? "").replace(/\s+/g, " ").trim();
  if (/^(?:#|javascript:|data:|cid:|about:)/i.test(address)) return "";
  return address.length > LONGEST_ADDRESS ? `${address.slice(0, LONGEST_ADDRESS).toWellFormed()}…` : address;
}

function showsAddress(address: string, shown: string): boolean {
  const bare = (text: string) => text.replace(/^(?:mailto:|tel:|https?:\/\/)/i, "").replace(/\/$/, "");
  return bare(address) === bare(shown);
}

/** Half a character, written as a number, is none. */
function fromCodePoint(codePoint: number): string {
  return String.fromCodePoint(codePoint).toWellFormed();
}

/** HTML's own declarations; nobody writes them by hand. */
const DOCUMENT = /<!doctype\s/i;
const DECLARATION = /<!\[(?:CDATA\[|if\s|endif\])/i;
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s|\/)[^<>]*)?>/gi;
const VALUE = /(?:^|\s)[a-z][a-z\d:-]*\s?=\s?\S/i;
/** Looked at so far: a text with so many tags in it, none of them HTML's, is none. */
const MOST_TAGS = 20_000;

export interface Markup {
  /** Only elements that change how words look: line breaks are the writer's own. */
  readonly isInlineOnly: boolean;
}

/**
 * Whether a text is HTML, and of what kind; null when it is not. "a < b", "<3", "<jane@example.com>", "<guest name>" and
 * "<i think>" are no tags; an element that must be closed and never is, such as a lone "<b>" or "<title>", is no sign of
 * HTML unless it has attributes.
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

/** One that never ends would hide all the rest. */
function hasComment(text: string): boolean {
  const start = text.indexOf("<!--");
  return start >= 0 && text.includes("-->", start + 4);
}

/** Whether an opening tag alone is a sign of HTML; any closing tag of an element is. */
function isSign(name: string, attributes: string): boolean {
  if (UNMISTAKABLE.has(name) || VALUE.test(attributes)) return true;
  return isKnownAlone(name) && attributes.split(/[\s/]+/).every((word) => word === "" || isBoolean(word));
}

/** Attributes that need no value. */
function isBoolean(attribute: string): boolean {
  const name = attribute.toLowerCase();
  return BOOLEAN_ATTRIBUTES.has(name) || /^(?:data|aria)-/.test(name);
}
