/**
 * Texts that a spreadsheet program may take for a formula: those that begin with a sign of calculation, also
 * after blanks and invisible characters and in the wide and small forms that East Asian keyboards write, and
 * those that begin with a tab or line break. Leading apostrophes count as part of it, so that the added one can be told
 * from the writer's own and removed again.
 */
const FORMULA = /^'*(?:[\t\r\n]|[\s\p{C}]*[=+\-@＝＋－＠﹦﹢﹣﹫−])/u;

/** The limit of Excel; the rest would flow into other cells, unprotected. */
export const LONGEST_CELL = 32_767;
const CUT_MARK = " [… cut]";

/** A text for a spreadsheet. */
export interface TextCell {
  readonly text: string;
  /** Whether all of it is there. */
  readonly exact: boolean;
}

/**
 * The text so that spreadsheet programs only show it: an apostrophe precedes a text that they could take for a formula,
 * `'+49 30 1234`. Without it they would also calculate with telephone numbers. A text too long for a cell is cut and
 * marked; NUL characters, at which many readers stop, become the replacement character.
 */
export function toCell(text: string): TextCell {
  const readable = text.toWellFormed().replaceAll("\0", "\ufffd");
  const defused = FORMULA.test(readable) ? `'${readable}` : readable;
  if (defused.length <= LONGEST_CELL) return { text: defused, exact: readable === text };
  const head = defused.slice(0, LONGEST_CELL - CUT_MARK.length);
  return { text: `${withoutHalfPair(head)}${CUT_MARK}`, exact: false };
}

function withoutHalfPair(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1);
}
