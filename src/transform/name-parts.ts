import anyAscii from "any-ascii";
import { fold, LETTER_OR_DIGIT } from "./fold.ts";

/** Shorter ones would be found in every other name. */
const SHORTEST_PART = 3;
/** In these a character is a syllable or a word. */
const DENSE = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Before a part that is not the beginning of a word. */
const INSIDE = "~";
const LONGEST_WORD = 40;
/** Of a name of megabytes only the beginning is looked at: it is none, and each of its words would be kept. */
const LONGEST_NAME = 1_000;

/** Between letters; the halves of O’Brien are one word. */
const APOSTROPHE = /(?<=\p{L})['’ʼʻ`´](?=\p{L})/gu;
/** Signs of Indian scripts and of Thai are vowels, and belong to their word. */
const NOT_A_WORD = /[^\p{L}\p{N}\p{M}]+/u;

/** How letters are written where they are not on the keyboard. */
const DIGRAPHS: Readonly<Record<string, string>> = { ä: "ae", ö: "oe", ü: "ue", ø: "oe", å: "aa" };
const DIGRAPH = /[äöüøå]/g;

/** The words of a name in their own script: lower case, without accents and apostrophes. */
function nameWords(name: string | null | undefined): string[] {
  return fold((name ?? "").replace(APOSTROPHE, ""))
    .split(NOT_A_WORD)
    .filter((word) => LETTER_OR_DIGIT.test(word))
    .map((word) => [...word].slice(0, LONGEST_WORD).join(""));
}

/** The same with "ae" for "ä", where that makes a difference: Müller, Mueller. */
function withDigraphs(name: string | null | undefined): string {
  return (name ?? "")
    .normalize("NFC")
    .toLowerCase()
    .replace(DIGRAPH, (letter) => DIGRAPHS[letter] ?? letter);
}

/** Two words that some write as one: Jean-Luc, De Luca, علی رضا. A single letter is an initial. */
function pairsOf(words: readonly string[]): string[] {
  return words.slice(1).flatMap((word, index) => {
    const before = words[index] ?? "";
    return before.length > 1 && word.length > 1 ? [`${before}${word}`.slice(0, LONGEST_WORD)] : [];
  });
}

/** The same in Latin letters, as far as a table of characters can tell; Greek "ου" is one sound. */
function inLatin(word: string): string {
  return anyAscii(word.replaceAll("ου", "ou"))
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

/**
 * Everything by which a name is found, made for an index: each word, in Latin letters too, and what each
 * word ends with, marked. Whoever types the beginning of a word, or from three characters on of a marked
 * ending, finds the name.
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
 * What somebody who looks for a name means by each word typed: one who writes in another script means that
 * script, one who writes Latin letters any.
 */
export function toNameWords(typed: string): string[] {
  return nameWords(typed).map((word) => (/^[\p{Script=Latin}\p{N}]+$/u.test(word) ? inLatin(word) : word));
}

/** The beginnings of parts that a typed word stands for. */
export function beginningsFor(word: string): string[] {
  const isLong = [...word].length >= SHORTEST_PART || DENSE.test(word);
  return isLong ? [word, `${INSIDE}${word}`] : [word];
}
