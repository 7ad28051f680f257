import { Tokenizer, type TokenizerCallbacks } from "htmlparser2";
import { isElement } from "./html-elements.ts";
import { createHtmlRenderer, type HtmlRenderer } from "./html-renderer.ts";
import { addAttribute, beginTag, type HtmlTag, isForeign, isTag, LONGEST_ADDRESS } from "./html-tag.ts";

/**
 * HTML as a reader sees it: lines and paragraphs where elements begin and end, list marks, quotations, the addresses of
 * links; cells of a table one after the other, each row on its own line. A tag that HTML does not know is text.
 *
 * One walk over the tokens of the text, with a few counters and no tree: time and memory grow with the length of the
 * text only, not with depth, spans, attributes or tags that are never closed.
 *
 * @param keepLines whether line breaks in the text are kept, as in a text with a few tags in it
 */
export function htmlToText(html: string, keepLines: boolean): string {
  const hiding = render(html, createHtmlRenderer({ keepLines, leavesOutHidden: true }));
  if (!hiding.isCutOff()) return hiding.finish();
  return render(html, createHtmlRenderer({ keepLines, leavesOutHidden: false })).finish();
}

function render(html: string, renderer: HtmlRenderer): HtmlRenderer {
  const tokenizer = new Tokenizer({ decodeEntities: true }, new TagReader(html, renderer).callbacks());
  tokenizer.write(html);
  tokenizer.end();
  return renderer;
}

/** A longer name is no attribute of HTML's. */
const LONGEST_ATTRIBUTE = 40;

/** Puts tags together from tokens, and hands tags and text to the renderer. */
class TagReader {
  readonly #html: string;
  readonly #renderer: HtmlRenderer;
  #tag: HtmlTag | null = null;
  #attribute = "";
  #value = "";

  constructor(html: string, renderer: HtmlRenderer) {
    this.#html = html;
    this.#renderer = renderer;
  }

  callbacks(): TokenizerCallbacks {
    const html = this.#html;
    const { text } = this.#renderer;
    return {
      ontext: (start, end) => text(html.slice(start, end)),
      ontextentity: (codePoint) => text(fromCodePoint(codePoint)),
      onopentagname: (start, end) => {
        this.#tag = beginTag(html.slice(start, end).toLowerCase(), start - 1);
      },
      ...this.#attributeCallbacks(),
      onopentagend: (end) => this.#endTag(end),
      onselfclosingtag: (end) => this.#endSelfClosingTag(end),
      onclosetag: (start, end) => this.#closeTag(html.slice(start, end)),
      oncomment: () => undefined,
      oncdata: (start, end, offset) => text(html.slice(start, end - offset)),
      ondeclaration: () => undefined,
      onprocessinginstruction: () => undefined,
      onend: () => undefined,
    };
  }

  #attributeCallbacks() {
    return {
      onattribname: (start: number, end: number) => {
        this.#attribute = this.#html.slice(start, Math.min(end, start + LONGEST_ATTRIBUTE)).toLowerCase();
        this.#value = "";
      },
      onattribdata: (start: number, end: number) => {
        if (this.#value.length < LONGEST_ADDRESS * 2)
          this.#value += this.#html.slice(start, Math.min(end, start + LONGEST_ADDRESS * 2));
      },
      onattribentity: (codePoint: number) => {
        this.#value += fromCodePoint(codePoint);
      },
      onattribend: (quote: number) => {
        if (this.#tag) addAttribute(this.#tag, this.#attribute, this.#value, quote !== 0);
      },
    };
  }

  #endTag(end: number): void {
    if (!this.#tag) return;
    if (isTag(this.#tag)) this.#renderer.open(this.#tag);
    else this.#renderer.text(this.#html.slice(this.#tag.start, end + 1));
    this.#tag = null;
  }

  #endSelfClosingTag(end: number): void {
    const name = this.#tag?.name;
    this.#endTag(end);
    if (name) this.#renderer.closeHidden(name);
  }

  #closeTag(written: string): void {
    const name = written.toLowerCase();
    if (isElement(name)) this.#renderer.close(name);
    else if (!isForeign(name)) this.#renderer.text(`</${written}>`);
  }
}

/** Half a surrogate pair, written as a number, becomes U+FFFD. */
function fromCodePoint(codePoint: number): string {
  return String.fromCodePoint(codePoint).toWellFormed();
}
