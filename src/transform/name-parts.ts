import anyAscii from "any-ascii";
import { fold, LETTER_OR_DIGIT } from "./fold.ts";

/** A shorter part would be found in every other name. */
const SHORTEST_PART = 3;
/** Scripts in which a character is a syllable or a word. */
const DENSE = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** The mark of a part that does not begin a word. */
const INSIDE = "~";
const LONGEST_WORD = 40;
/** Only the beginning of a longer text is read: it is no name, and each of its words would be stored. */
const LONGEST_NAME = 1_000;

/** Between letters; the halves of O’Brien are one word. */
const APOSTROPHE = /(?<=\p{L})['’ʼʻ`´](?=\p{L})/gu;
/** Signs of Indian scripts and of Thai are vowels, and belong to their word. */
const NOT_A_WORD = /[^\p{L}\p{N}\p{M}]+/u;

/** Spellings of letters that a keyboard lacks. */
const DIGRAPHS: Readonly<Record<string, string>> = { ä: "ae", ö: "oe", ü: "ue", ø: "oe", å: "aa" };
const DIGRAPH = /[äöüøå]/g;

/** The words of a name in their own script: lower case, without accents and apostrophes. */
function nameWords(name: string | null | undefined): string[] {
  return fold((name ?? "").replace(APOSTROPHE, ""))
    .split(NOT_A_WORD)
    .filter((word) => LETTER_OR_DIGIT.test(word))
    .map((word) => [...word].slice(0, LONGEST_WORD).join(""));
}

/** The name with "ae" for "ä": Müller, Mueller. */
function withDigraphs(name: string | null | undefined): string {
  return (name ?? "")
    .normalize("NFC")
    .toLowerCase()
    .replace(DIGRAPH, (letter) => DIGRAPHS[letter] ?? letter);
}

/** Pairs of words that may be written as one: Jean-Luc, De Luca, علی رضا. A single letter is an initial. */
function pairsOf(words: readonly string[]): string[] {
  return words.slice(1).flatMap((word, index) => {
    const before = words[index] ?? "";
    return before.length > 1 && word.length > 1 ? [`${before}${word}`.slice(0, LONGEST_WORD)] : [];
  });
}

/** The word in Latin letters, by a table of characters; Greek "ου" is one sound. */
function inLatin(word: string): string {
  return anyAscii(word.replaceAll("ου", "ou"))
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

/**
 * The index entries of a name: each word, in Latin letters too, and the endings of each word, marked. A
 * search for the beginning of a word, or for three or more characters of an ending, finds the name.
 */
export function toNameParts(...names: readonly (string | null | undefined)[]): string[] {
  const inBoth = (words: readonly string[]) =>
    words.flatMap((word) => [word, inLatin(word)]).filter((word) => word !== "");
  const spellings = names
    .map((name) => name?.slice(0, LONGEST_NAME))
    .flatMap((name) => [nameWords(name), nameWords(withDigraphs(name))]);
  const words = new Set(inBoth(spellings.flat()));
  const pairs = inBoth(spellings.flatMap(pairsOf));
  return [...new Set([...[...words].flatMap((word) => [word, ...endingsOf(word)]), ...pairs])].sort();
}

function endingsOf(word: string): string[] {
  const characters = [...word];
  const shortest = DENSE.test(word) ? 1 : SHORTEST_PART;
  return characters.slice(shortest).map((_, index) => `${INSIDE}${characters.slice(index + 1).join("")}`);
}

/**
 * The words of a search: a word in Latin letters matches names in any script, a word in another script only
 * that script.
 */
export function toNameWords(typed: string): string[] {
  return nameWords(typed).map((word) => (/^[\p{Script=Latin}\p{N}]+$/u.test(word) ? inLatin(word) : word));
}

/** The prefixes of index entries that a typed word matches. */
export function beginningsFor(word: string): string[] {
  const isLong = [...word].length >= SHORTEST_PART || DENSE.test(word);
  return isLong ? [word, `${INSIDE}${word}`] : [word];
}
