const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u;
const COMBINING_MARKS = /\p{M}+/gu;

/** The words of names: lower case, without diacritics, each once, in order of appearance. */
export function toNameTokens(...names: readonly (string | null | undefined)[]): string[] {
  const words = names.flatMap((name) =>
    (name ?? "").normalize("NFKD").replace(COMBINING_MARKS, "").toLowerCase().split(BETWEEN_WORDS),
  );
  return [...new Set(words.filter((word) => word !== ""))];
}
