import { holdsPhrase, type Phrase, toPhrase, toWordLine } from "../transform/text-tokens.ts";

/** Words to find in messages. */
export interface TextQuery {
  /**
   * Tokens that a message must have, ordered by length: the longest is likely the rarest. Empty when the query has
   * only words that must not occur.
   */
  readonly tokens: readonly string[];
  /** Whether a text matches: tokens tell neither which words are neighbours nor which must not occur. */
  matches(content: string): boolean;
}

/** Words that must all occur; "in quotes" next to each other; -word must not occur. */
export function parseTextQuery(text: string): TextQuery {
  const terms = (text.match(/-?"[^"]*"|\S+/g) ?? []).map((term) => ({
    isExcluded: /^-./.test(term),
    phrase: toPhrase(term),
  }));
  const wanted = phrasesIn(terms.filter(({ isExcluded }) => !isExcluded));
  const unwanted = phrasesIn(terms.filter(({ isExcluded }) => isExcluded));
  const tokens = new Set(wanted.flatMap((phrase) => phrase.tokens));
  return {
    tokens: [...tokens].sort((a, b) => b.length - a.length),
    matches(content) {
      const line = toWordLine(content);
      return (
        wanted.every((phrase) => holdsPhrase(line, phrase)) &&
        !unwanted.some((phrase) => holdsPhrase(line, phrase))
      );
    },
  };
}

function phrasesIn(terms: readonly { readonly phrase: Phrase | null }[]): Phrase[] {
  return terms.flatMap(({ phrase }) => phrase ?? []);
}
