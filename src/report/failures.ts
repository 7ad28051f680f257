import type { DeadLetter } from "../domain/dead-letter.ts";
import { remedyOf } from "../domain/failure.ts";
import { inline } from "../domain/printable.ts";
import type { Colors } from "./colors.ts";
import { formatCount, formatDuration } from "./numbers.ts";
import { errorWords } from "./phrases.ts";
import { renderTable } from "./table.ts";

const MOST_SHOWN = 50;
const LONGEST_ID = 80;

/** Open dead letters for a person: what, since when, how often, when it is tried again, and what to do. */
export function renderFailures(letters: readonly DeadLetter[], now: Date, colors: Colors): string {
  if (letters.length === 0) return `${colors.green("✔")} Nothing has failed that did not succeed since.`;
  const head = ["", "failed", "since", "next try", "why"].map((heading) => colors.dim(heading));
  const rows = letters.slice(0, MOST_SHOWN).map((letter) => rowOf(letter, now, colors));
  const hidden = letters.length - rows.length;
  const remedies = new Set(
    letters.map(
      (letter) => `  ${colors.red(errorWords(letter.error_type))}  ${colors.dim(remedyOf(letter))}`,
    ),
  );
  return [
    renderTable(head, rows, [0, 1, 2, 3, 4]),
    ...(hidden > 0 ? [`  … and ${formatCount(hidden)} more: failures --json lists them all`] : []),
    "",
    ...remedies,
  ].join("\n");
}

function rowOf(letter: DeadLetter, now: Date, colors: Colors): string[] {
  const { _id, attempts, first_failed_at, next_try_at, error_type, message, conversation_id, item_type } =
    letter;
  const where = item_type === "message" && conversation_id ? ` (conversation ${conversation_id})` : "";
  const wait = next_try_at.getTime() - now.getTime();
  return [
    inline(`${_id}${where}`, LONGEST_ID),
    attempts === 1 ? "once" : `${formatCount(attempts)} times`,
    `${formatDuration(Math.max(0, now.getTime() - first_failed_at.getTime()))} ago`,
    wait <= 0 ? "next run" : `in ${formatDuration(wait)}`,
    `${colors.red(errorWords(error_type))}: ${inline(message)}`,
  ];
}
