import fc from "fast-check";

/** What texts are made of that files and their readers trip over. */
const PIECES = [
  ..."\",;\t\r\n\0=+-@'\\ ",
  "\r\n",
  '""',
  "\u0085",
  "\u2028",
  "\u2029",
  "\u00a0",
  "\u200b",
  "\ufeff",
  "\u202e",
  "＝",
  "－",
  "🏖️",
  "👩‍👩‍👧",
  "\ud83d",
  "\ude00",
  "שלום",
  "\uffff",
  "NULL",
  "\\N",
  "\\ud83d",
  "</script>",
];

/** Guests may write anything; nothing outside Unicode reaches a database. */
export const nastyText = () =>
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary" })), { maxLength: 12 })
    .map(joinUp);

const joinUp = (pieces: readonly string[]) => pieces.join("");
