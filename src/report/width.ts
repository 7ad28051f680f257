/** Characters of two columns: East Asian scripts, their punctuation and wide forms, and emoji. */
const WIDE_CHARACTER =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u;

const CHARACTERS = new Intl.Segmenter("und", { granularity: "grapheme" });

/** Characters as a reader counts them: a letter with its marks, an emoji of several code points. */
export function charactersIn(text: string): string[] {
  return Array.from(CHARACTERS.segment(text), ({ segment }) => segment);
}

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  return isNarrow(text)
    ? text.length
    : charactersIn(text).reduce((sum, one) => sum + (WIDE_CHARACTER.test(one) ? 2 : 1), 0);
}

/** True of most texts: each character takes one column. */
function isNarrow(text: string): boolean {
  return /^[\u0020-\u007e\u00a0-\u02ff]*$/.test(text);
}
