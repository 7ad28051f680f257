import type { DeadLetter } from "../domain/dead-letter.ts";
import { remedyOf } from "../domain/failure.ts";
import { inline } from "../domain/printable.ts";
import type { Colors } from "./colors.ts";
import { formatAge, formatCount, formatDuration } from "./numbers.ts";
import { errorWords } from "./phrases.ts";
import { renderTable } from "./table.ts";

const LISTED_FAILURES = 50;
const ID_WIDTH = 80;

/** Open dead letters as a table, and a remedy for each kind of error. */
export function renderFailures(letters: readonly DeadLetter[], now: Date, colors: Colors): string {
  if (letters.length === 0) return `${colors.green("✔")} No open failures.`;
  const head = ["", "failed", "first failed", "next retry", "reason"].map((heading) => colors.dim(heading));
  const rows = letters.slice(0, LISTED_FAILURES).map((letter) => rowOf(letter, now, colors));
  const hidden = letters.length - rows.length;
  const remedies = new Set(
    letters.map(
      (letter) => `  ${colors.red(errorWords(letter.error_type))}  ${colors.dim(remedyOf(letter))}`,
    ),
  );
  return [
    renderTable(head, rows, [0, 1, 2, 3, 4]),
    ...(hidden > 0
      ? [`  … and ${formatCount(hidden)} more. To list all, run: hostaway-sync failures --json`]
      : []),
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
    inline(`${_id}${where}`, ID_WIDTH),
    attempts === 1 ? "once" : `${formatCount(attempts)} times`,
    formatAge(now.getTime() - first_failed_at.getTime()),
    wait <= 0 ? "next run" : `in ${formatDuration(wait)}`,
    `${colors.red(errorWords(error_type))}: ${inline(message)}`,
  ];
}
