import { holdsPhrase, type Phrase, toPhrase, toWordLine } from "../transform/text-tokens.ts";

/** Words that are looked for in messages. */
export interface TextQuestion {
  /**
   * Tokens that a message must have, the one that fewest messages have, as far as its length tells, first. Empty when
   * only words are named that must not be there.
   */
  readonly tokens: readonly string[];
  /** Whether a message is meant: tokens know neither what stands side by side nor what must not be there. */
  fits(content: string): boolean;
}

/** Words that all must be there; "in quotes" next to each other; -not there. */
export function readText(text: string): TextQuestion {
  const terms = (text.match(/-?"[^"]*"|\S+/g) ?? []).map((term) => ({
    isOut: /^-./.test(term),
    phrase: toPhrase(term),
  }));
  const wanted = phrasesOf(terms.filter(({ isOut }) => !isOut));
  const unwanted = phrasesOf(terms.filter(({ isOut }) => isOut));
  const tokens = new Set(wanted.flatMap((phrase) => phrase.tokens));
  return {
    tokens: [...tokens].sort((a, b) => b.length - a.length),
    fits(content) {
      const line = toWordLine(content);
      return (
        wanted.every((phrase) => holdsPhrase(line, phrase)) &&
        !unwanted.some((phrase) => holdsPhrase(line, phrase))
      );
    },
  };
}

function phrasesOf(terms: readonly { readonly phrase: Phrase | null }[]): Phrase[] {
  return terms.flatMap(({ phrase }) => phrase ?? []);
}
