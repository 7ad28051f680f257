import CliTable from "cli-table3";

const EDGES = [
  ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
  ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
] as const;
const NO_BORDER = Object.fromEntries(EDGES.map((edge) => [edge, ""]));

/**
 * Columns under headings, without lines.
 *
 * @param left the columns of text; the others hold numbers, aligned right
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string {
  const table = new CliTable({
    head: [...head],
    chars: NO_BORDER,
    style: { head: [], border: [], "padding-left": 2, "padding-right": 0 },
    colAligns: head.map((_, column) => (left.includes(column) ? "left" : "right")),
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
