/** Marks of quotations and lists stand before a line at most this often, however deep they are nested. */
const DEEPEST_MARKED = 8;
/** More empty lines in a row are dropped. */
const MOST_BREAKS = 10;
const LONGEST_HEARD = 2_000;

/** Writes words into lines and paragraphs. As in HTML, a run of white space is one blank. */
export interface TextWriter {
  /** White space in the text, line breaks included, is a blank. */
  words(text: string): void;
  /** The same, but line breaks are kept. */
  lines(text: string): void;
  /** The text unchanged. */
  preformatted(text: string): void;
  /** `br`: the next words are on a new line; two calls leave an empty line. */
  lineBreak(): void;
  /** The next words begin a line. */
  block(): void;
  /** The next words begin a line after an empty one. */
  paragraph(): void;
  /** The next words stay on the line, after a blank. */
  cell(): void;
  /** @param first the number of the first item; null for a list without numbers */
  beginList(first: number | null): void;
  endList(): void;
  beginItem(): void;
  endItem(): void;
  beginQuote(): void;
  endQuote(): void;
  /** Begins to record; the result returns the words written since, up to a length that comparisons need. */
  listen(): () => string;
  text(): string;
}

interface List {
  /** Null without numbers. */
  number: number | null;
  /** The indent of the following lines of an item. */
  indent: string;
}

/** HTML's white space; a non-breaking space is none. */
const BLANKS = /[ \t\r\n\f]+/g;

export function createTextWriter(): TextWriter {
  /** Pieces, joined once: reading the end of a growing text would copy it each time. */
  const written: string[] = [];
  let endsInBlank = true;
  let heard = "";
  /** Line breaks that are due before the next word. */
  let breaks = 0;
  /** A blank that is due before the next word of the same line. */
  let blank = false;
  /** The mark of a list item, written before the next word. */
  let mark = "";
  let quotes = 0;
  const lists: List[] = [];

  function prefix(): string {
    const indents = lists.slice(0, DEEPEST_MARKED).map(({ indent }) => indent);
    return `${"> ".repeat(Math.min(quotes, DEEPEST_MARKED))}${indents.join("")}`;
  }

  function add(text: string): void {
    if (text === "") return;
    written.push(text);
    endsInBlank = /\s/.test(text.slice(-1));
  }

  function put(text: string): void {
    if (text === "") return;
    const beginsLine = breaks > 0 || written.length === 0;
    if (beginsLine) {
      if (written.length > 0) add("\n".repeat(Math.min(breaks, MOST_BREAKS)));
      const indent = mark === "" ? 0 : (lists.at(-1)?.indent.length ?? 0);
      const before = prefix();
      add(lists.length > DEEPEST_MARKED ? before : before.slice(0, before.length - indent));
    }
    add(mark);
    const spaced = blank && !endsInBlank ? ` ${text}` : text;
    add(spaced);
    if (heard.length < LONGEST_HEARD) heard += spaced;
    breaks = 0;
    blank = false;
    mark = "";
  }

  function words(text: string): void {
    const plain = text.replace(BLANKS, " ");
    if (plain.startsWith(" ")) blank = true;
    put(plain.replace(/^ /, "").replace(/ $/, ""));
    if (plain.endsWith(" ")) blank = true;
  }

  const atLeast = (count: number) => {
    if (written.length > 0) breaks = Math.max(breaks, count);
    blank = false;
  };

  const writer: TextWriter = {
    words,
    lines(text) {
      for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
        if (index > 0) writer.lineBreak();
        words(line);
      }
    },
    preformatted(text) {
      for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
        if (index > 0) writer.lineBreak();
        put(line);
      }
    },
    lineBreak() {
      breaks += 1;
      blank = false;
    },
    block: () => atLeast(1),
    paragraph: () => atLeast(lists.length > 0 ? 1 : 2),
    cell() {
      blank = true;
    },
    beginList(first) {
      lists.push({ number: first, indent: "" });
    },
    endList() {
      lists.pop();
      mark = "";
    },
    beginItem() {
      const list = lists.at(-1);
      if (!list) return;
      mark = list.number === null ? "- " : ` ${list.number}. `;
      if (list.number !== null) list.number += 1;
      list.indent = " ".repeat(mark.length);
    },
    endItem() {
      mark = "";
      atLeast(1);
    },
    beginQuote() {
      quotes += 1;
    },
    endQuote() {
      quotes = Math.max(0, quotes - 1);
    },
    listen() {
      heard = "";
      return () => heard;
    },
    text: () => written.join(""),
  };
  return writer;
}
