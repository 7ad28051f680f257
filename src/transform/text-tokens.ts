import { fold, LETTER_OR_DIGIT } from "./fold.ts";

/** Longer words are indexed by their beginning. */
const LONGEST_TOKEN = 40;
/** Tokens of one message; a message with more different words is found by the first of them. */
const MOST_TOKENS = 5_000;
/** Only the beginning of a longer message is read; this is the length of a long book. */
const LONGEST_INDEXED_TEXT = 2 ** 20;

/** A run of letters, digits and the signs that belong to them. */
const RUN = /[\p{L}\p{N}\p{M}]+/gu;
/** A run in a script without blanks, or whose words take endings: any part of it may be a word. */
const DENSE_RUN =
  /(?:[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}](?<=[\p{L}\p{N}\p{M}])\p{M}*)+/gu;
/** A character with the signs that belong to it. */
const CHARACTER = /[\p{L}\p{N}]\p{M}*|\p{M}+/gu;
/** The mark after each character of a dense script. */
const END = "\u0001";

/** Part of a text: a word, or a run of a dense script as its characters. */
type Piece = string | readonly string[];

/** The words of a text, run by run. */
function tokenPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const [run] of fold(text).matchAll(RUN)) {
    let at = 0;
    for (const match of run.matchAll(DENSE_RUN)) {
      addWord(pieces, run.slice(at, match.index));
      pieces.push(match[0].match(CHARACTER) ?? []);
      at = match.index + match[0].length;
    }
    addWord(pieces, run.slice(at));
  }
  return pieces;
}

function addWord(pieces: Piece[], word: string): void {
  if (LETTER_OR_DIGIT.test(word)) pieces.push(word);
}

/**
 * The index entries of a text: each of its words once; of scripts without blanks each character and each pair
 * of neighbours, so that a part of a run is found as well.
 */
export function toTextTokens(text: string): string[] {
  const tokens = new Set<string>();
  for (const piece of tokenPieces(text.slice(0, LONGEST_INDEXED_TEXT))) {
    if (tokens.size >= MOST_TOKENS) break;
    for (const token of tokensOf(piece)) tokens.add(token);
  }
  return [...tokens];
}

function tokensOf(piece: Piece): string[] {
  if (typeof piece === "string") return [cut(piece)];
  return piece.flatMap((one, index) => [one, ...(index > 0 ? [`${piece[index - 1]}${one}`] : [])]).map(cut);
}

function cut(token: string): string {
  return token.length <= LONGEST_TOKEN ? token : [...token].slice(0, LONGEST_TOKEN).join("");
}

/** A search phrase: the tokens that a text must have, and the words that must follow one another in it. */
export interface Phrase {
  readonly tokens: readonly string[];
  readonly words: string;
}

/** Null for a text without letters and digits. */
export function toPhrase(typed: string): Phrase | null {
  const pieces = tokenPieces(typed);
  if (pieces.length === 0) return null;
  const tokens = pieces.flatMap((piece) => {
    if (typeof piece === "string") return [cut(piece)];
    // The pairs hold the characters: where there are any, they say enough.
    return piece.length === 1
      ? tokensOf(piece)
      : piece.slice(1).map((one, index) => cut(`${piece[index]}${one}`));
  });
  return { tokens: [...new Set(tokens)], words: written(pieces) };
}

/** A text in the form in which `holdsPhrase` searches it. */
export function toWordLine(text: string): string {
  return ` ${written(tokenPieces(text))} `;
}

/** Whether the words stand in a line one after the other, as whole words; those of dense scripts anywhere in a run. */
export function holdsPhrase(line: string, { words }: Phrase): boolean {
  const first = words.split(" ", 1)[0] ?? "";
  const begin = first.endsWith(END) ? "" : " ";
  const end = words.endsWith(END) ? "" : " ";
  return line.includes(`${begin}${words}${end}`);
}

function written(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => (typeof piece === "string" ? piece : piece.map((one) => `${one}${END}`).join("")))
    .join(" ");
}
