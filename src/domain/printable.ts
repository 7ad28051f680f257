/**
 * Text from outside (a guest, a host, Hostaway, the database, a file name, an argument) on its way to a
 * terminal, a log, a table or a header. Control characters move cursors and set window titles; bidi controls
 * turn the order of a line round; line breaks make one line two; characters that nobody sees hide all of it.
 *
 * `\p{C}` are controls, formats, halves of pairs and unassigned code points, `\p{Zl}` and `\p{Zp}` line and
 * paragraph separators, `\p{DI}` what Unicode says to draw nothing for, such as variation selectors and
 * Hangul fillers.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{DI}]/gu;

/** Kept: they join letters and emoji, and choose between drawings of the same character. */
const JOINERS = new Set(["\u200c", "\u200d", "\ufe0e", "\ufe0f"]);

/** More marks on one letter belong to no script: they flow over the lines above and below. */
const TOO_MANY_MARKS = /(\p{M}{8})\p{M}+/gu;
const REPEATED_JOINERS = /(\u200c|\u200d|\ufe0e|\ufe0f)(?:\u200c|\u200d|\ufe0e|\ufe0f)+/g;

/** Line ends of any kind, Unicode's own included. */
const LINE_END = /\r\n?|[\n\v\f\u0085\u2028\u2029]/g;

function withoutUnseen(text: string, kept: string): string {
  return text
    .replace(UNSEEN, (character) => (JOINERS.has(character) || kept.includes(character) ? character : ""))
    .replace(REPEATED_JOINERS, "$1")
    .replace(TOO_MANY_MARKS, "$1");
}

/** Longer than any sentence of this program; of a megabyte only the beginning is read. */
const LONGEST_LINE = 1_000;
const LOOKED_AT = 65_536;

/** The text on one line, for tables, headings and sentences; a longer text is cut and ends with "…". */
export function inline(text: string, longest = LONGEST_LINE): string {
  const line = withoutUnseen(text.slice(0, LOOKED_AT).replace(LINE_END, " "), "\t")
    .replace(/\s+/g, " ")
    .trim();
  const characters = [...line];
  if (characters.length <= longest && text.length <= LOOKED_AT) return line;
  return `${characters.slice(0, longest - 1).join("")}…`;
}

/** A copy of a report or document with every text on one line; dates and amounts stay. */
export function inlineAll<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (typeof value === "string") return inline(value);
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [inline(name), copyOf(one)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The text with its line breaks. */
export function multiline(text: string): string {
  return withoutUnseen(text.replace(LINE_END, "\n").replaceAll("\t", "  "), "\n");
}

const ESCAPE = String.fromCodePoint(0x1b);
/** The colours that this program writes: anything else that begins with an escape is not its own. */
const COLOR = new RegExp(`(${ESCAPE}\\[\\d{1,3}(?:;\\d{1,3}){0,4}m)`);

/** The last gate before a terminal: nothing but text, its line breaks and colours passes. */
export function forTerminal(output: string): string {
  return output
    .split(COLOR)
    .map((part, index) => (index % 2 === 1 ? part : withoutUnseen(part, "\n\t")))
    .join("");
}

/** Controls, direction marks and overrides, separators, characters without width, halves of pairs. */
const UNSAFE_IN_JSON =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb]/gu;

/**
 * A log line whose control characters are escaped: nothing is lost, and nothing acts on a terminal. In a
 * string of JSON the escapes mean the same.
 */
export function escaped(line: string): string {
  return line.replace(UNSAFE_IN_JSON, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** JSON with escaped control characters: the same to every JSON parser, and plain text to a terminal. */
export function toJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).split("\n").map(escaped).join("\n");
}
