/**
 * Case folding for searches in names and texts: letters without case and accents, each in one of the forms
 * that writers and keyboards have for it. Vowel signs of Indian and South-East Asian scripts are no accents
 * and stay.
 */

/** Signs above and below letters: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowels. */
const ACCENTS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|[\ufe20-\ufe2f]/g;

/**
 * Invisible characters: joiners, direction marks, soft hyphens, variation selectors; and Arabic's stretched
 * line.
 */
const INVISIBLE = /\p{Cf}|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]|\u0640/gu;

const FORMS: Readonly<Record<string, string>> = {
  // Latin letters that are no letter with an accent.
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ħ: "h",
  ŋ: "n",
  ŧ: "t",
  ı: "i",
  ĸ: "k",
  ə: "e",
  // Greek at the end of a word.
  ς: "σ",
  // Cyrillic letters of neighbours.
  ґ: "г",
  // Arabic, Persian, Urdu: one letter on several keyboards.
  ٱ: "ا",
  ى: "ي",
  ی: "ي",
  ے: "ي",
  ې: "ي",
  ک: "ك",
  ڪ: "ك",
  ة: "ه",
  ە: "ه",
  ہ: "ه",
  ھ: "ه",
  ۀ: "ه",
  // Hebrew at the end of a word.
  ך: "כ",
  ם: "מ",
  ן: "נ",
  ף: "פ",
  ץ: "צ",
};
const FORM = new RegExp(`[${Object.keys(FORMS).join("")}]`, "g");
const PLAIN = /^[\x20-\x7e\n\r\t]*$/;

/** Without one of these a text holds no word. */
export const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .replace(INVISIBLE, "")
    .toLowerCase()
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(FORM, (letter) => FORMS[letter] ?? letter);
}
