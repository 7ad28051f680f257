import { createContext, Script } from "node:vm";
import { decodeEntities, decodeOnce } from "./entities.ts";
import { htmlToText } from "./html-to-text.ts";
import { readMarkup } from "./read-markup.ts";

export interface MessageContent {
  readonly text: string;
  /** The original body; only when it was HTML. */
  readonly html: string | null;
}

/** Limits for the conversion of one body. */
export interface ContentLimits {
  /** Characters of HTML that are read. */
  readonly longestHtml: number;
  /** Longest duration of the conversion, in milliseconds. */
  readonly longestMs: number;
}

export const CONTENT_LIMITS: ContentLimits = { longestHtml: 4 * 2 ** 20, longestMs: 2_000 };

/** A shorter body needs no time limit, which has a cost of its own. */
const LONGEST_UNWATCHED = 16_384;
/** Marks of lists and quotations make a text longer than its HTML, up to this factor. */
const LARGEST_GROWTH = 2;

/**
 * The body as plain text. Only HTML is converted; in other texts only entities are decoded. Time and size are
 * bounded for every body: beyond the limits the result is the body without its tags.
 */
export function toContent(body: string | null, limits = CONTENT_LIMITS): MessageContent {
  if (body === null) return { text: "", html: null };
  const head = beginningOf(body, limits.longestHtml);
  const markup = readMarkup(head);
  if (!markup) return { text: decodeEntities(body), html: null };
  return { text: tidied(converted(head, markup.isInlineOnly, limits)), html: body };
}

/** A picture inside its own address, as mail programs write it; it is longer than any message. */
const DATA_URI = /\bdata:[\w.+/-]{1,100};base64,[\w+/=\s]*/g;

/** The part of a body that is read, without half a character at the end. */
function beginningOf(body: string, longest: number): string {
  if (body.length <= longest) return body;
  return body.replace(DATA_URI, "data:,").slice(0, longest).toWellFormed();
}

function converted(html: string, keepLines: boolean, { longestMs }: ContentLimits): string {
  try {
    const text =
      html.length < LONGEST_UNWATCHED
        ? htmlToText(html, keepLines)
        : withTimeLimit(() => htmlToText(html, keepLines), longestMs);
    if (text.length <= html.length * LARGEST_GROWTH + LONGEST_UNWATCHED) return text;
  } catch (error) {
    if (!isTooMuch(error)) throw error;
  }
  return withoutTags(html);
}

const inside: { work?: () => void } = createContext({});
const run = new Script("work()");

/** Ends a synchronous calculation after a time limit, which V8 offers for code in a context of its own. */
function withTimeLimit<T>(calculate: () => T, ms: number): T {
  let result: { readonly value: T } | null = null;
  inside.work = () => {
    result = { value: calculate() };
  };
  try {
    run.runInContext(inside, { timeout: ms });
  } finally {
    delete inside.work;
  }
  if (result === null) throw new RangeError("nothing was calculated");
  return (result as { readonly value: T }).value;
}

/** A timeout, a stack overflow, or a text longer than V8 allows. */
function isTooMuch(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const code: unknown = Reflect.get(error, "code");
  return code === "ERR_SCRIPT_EXECUTION_TIMEOUT" || Reflect.get(error, "name") === "RangeError";
}

/** The text outside of angle brackets, without style sheets and scripts. */
function withoutTags(html: string): string {
  const [first = "", ...pieces] = html.split("<");
  const texts = [first];
  let end: string | null = null;
  for (const piece of pieces) {
    const name = /^\/?(?:script|style)\b/i.exec(piece)?.[0].toLowerCase();
    if (end === null && name && !name.startsWith("/")) end = `/${name}`;
    else if (name === end) end = null;
    if (end === null) texts.push(piece.slice(piece.indexOf(">") + 1));
  }
  return decodeOnce(texts.join(" "));
}

/** Zero-width characters that only mark where a word may break; joiners belong to scripts and emoji. */
const ZERO_WIDTH = /[\u200b\u2060\ufeff\u00ad]/g;
/** Joiners that join nothing, between blanks: mails fill their preview with them. */
const FILLING = /(?<!\S)(?:\u034f|\u200c|\u200d)+(?!\S)/g;

/**
 * Removes the padding of editors and the indent that all lines share. A tag that breaks off may leave half a
 * character behind.
 */
function tidied(text: string): string {
  const lines = text
    .toWellFormed()
    .replaceAll("\u00a0", " ")
    .replace(ZERO_WIDTH, "")
    .replace(FILLING, "")
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
