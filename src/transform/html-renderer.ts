import { BLOCKS, HIDDEN, RAW, SPACED, VOID } from "./html-elements.ts";
import {
  addressOf,
  firstNumber,
  type HtmlAttributes,
  type HtmlTag,
  isHidden,
  showsAddress,
} from "./html-tag.ts";
import { createTextWriter, type TextWriter } from "./text-writer.ts";

export interface HtmlRendering {
  /** Whether line breaks in the text are kept. */
  readonly keepLines: boolean;
  /** Whether all hidden elements are left out, or only elements without readable text: scripts, styles and the like. */
  readonly leavesOutHidden: boolean;
}

/** Writes the text of a page from its tags and texts, in their order. */
export interface HtmlRenderer {
  text(words: string): void;
  open(tag: HtmlTag): void;
  close(name: string): void;
  /** Ends a hidden element that was written as `<name/>`: it must not hide the rest of the message. */
  closeHidden(name: string): void;
  /** Whether a hidden element never ended: the text after it is missing, so more is hidden than was meant. */
  isCutOff(): boolean;
  finish(): string;
}

export function createHtmlRenderer({ keepLines, leavesOutHidden }: HtmlRendering): HtmlRenderer {
  const elements = createElementWriter(keepLines);
  /** The outermost hidden element that is open, and how many of its name are open. */
  let hidden: { readonly name: string; depth: number } | null = null;

  const isUnseen = ({ name, attributes }: HtmlTag) =>
    RAW.has(name) || (leavesOutHidden && (HIDDEN.has(name) || isHidden(attributes)));

  function closeHidden(name: string): void {
    if (hidden?.name !== name) return;
    hidden.depth -= 1;
    if (hidden.depth === 0) hidden = null;
  }

  return {
    text(words) {
      if (!hidden) elements.text(words);
    },
    open(tag) {
      const isVoid = VOID.has(tag.name);
      if (hidden) {
        if (hidden.name === tag.name && !isVoid) hidden.depth += 1;
      } else if (!isUnseen(tag)) elements.open(tag);
      else if (!isVoid) hidden = { name: tag.name, depth: 1 };
    },
    close(name) {
      if (hidden) closeHidden(name);
      else elements.close(name);
    },
    closeHidden,
    isCutOff: () => hidden !== null && !RAW.has(hidden.name),
    finish: elements.finish,
  };
}

const RULE = "-".repeat(40);
const UNNUMBERED = ["ul", "menu", "dir"] as const;

interface ElementWriter {
  text(words: string): void;
  open(tag: HtmlTag): void;
  close(name: string): void;
  finish(): string;
}

function createElementWriter(keepLines: boolean): ElementWriter {
  const writer = createTextWriter();
  const links = createLinks(writer);
  let preformatted = 0;

  const opening = new Map<string, (attributes: HtmlAttributes) => void>([
    ["a", links.begin],
    ["br", writer.lineBreak],
    ["hr", rule],
    ["li", writer.beginItem],
    ...UNNUMBERED.map((name) => [name, () => writer.beginList(null)] as const),
    ["ol", (attributes) => writer.beginList(firstNumber(attributes))],
    ["blockquote", writer.beginQuote],
    ["pre", beginPreformatted],
    ["td", writer.cell],
    ["th", writer.cell],
  ]);
  const closing = new Map<string, () => void>([
    ["a", links.end],
    ["br", writer.lineBreak],
    ["li", writer.endItem],
    ...["ol", ...UNNUMBERED].map((name) => [name, writer.endList] as const),
    ["blockquote", writer.endQuote],
    ["pre", endPreformatted],
  ]);

  function rule(): void {
    writer.words(RULE);
    writer.block();
  }

  function beginPreformatted(): void {
    preformatted += 1;
  }

  function endPreformatted(): void {
    preformatted = Math.max(0, preformatted - 1);
  }

  function around(name: string): void {
    if (SPACED.has(name)) writer.paragraph();
    else if (BLOCKS.has(name)) writer.block();
  }

  return {
    text(words) {
      if (preformatted > 0) writer.preformatted(words);
      else if (keepLines) writer.lines(words);
      else writer.words(words);
    },
    open({ name, attributes }) {
      around(name);
      opening.get(name)?.(attributes);
    },
    close(name) {
      closing.get(name)?.();
      around(name);
    },
    finish() {
      links.end();
      return writer.text();
    },
  };
}

/** Adds the address of a link after its text, unless the text shows it. */
function createLinks(writer: TextWriter) {
  let link: { readonly address: string; readonly shown: () => string } | null = null;

  function end(): void {
    if (!link) return;
    const { address } = link;
    const shown = link.shown().trim();
    link = null;
    if (address !== "" && !showsAddress(address, shown)) writer.words(` (${address})`);
  }

  function begin(attributes: HtmlAttributes): void {
    end();
    link = { address: addressOf(attributes), shown: writer.listen() };
  }

  return { begin, end };
}
