/** Words that are looked for in messages. */
export interface TextQuestion {
  /** As a text index takes it: every word as a phrase, so that all of them must be there. */
  readonly query: string;
  /**
   * Whether a message is meant. MongoDB's text index gives no others; DocumentDB's gives those that hold
   * one of several phrases, too (seen in its version for PostgreSQL 17).
   */
  fits(content: string): boolean;
}

/** Words that all must be there; "in quotes" next to each other; -not there. */
export function readText(text: string): TextQuestion {
  const terms = (text.match(/-?"[^"]*"|\S+/g) ?? [])
    .map((term) => ({ isOut: /^-./.test(term), words: wordsOf(term) }))
    .filter(({ words }) => words !== "");
  return {
    query: terms.map(({ isOut, words }) => `${isOut ? "-" : ""}"${words}"`).join(" "),
    fits(content) {
      const held = ` ${wordsOf(content)} `;
      return terms.every(({ isOut, words }) => held.includes(` ${words} `) !== isOut);
    },
  };
}

/** The words one after the other, as the index compares them: without case, diacritics and punctuation. */
function wordsOf(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .join(" ");
}
