import type { KindCounts } from "./briefing.ts";
import type { Colors } from "./colors.ts";
import { formatCount } from "./numbers.ts";
import { renderTable } from "./table.ts";

export const ITEM_COLUMNS = ["read", "new", "changed", "unchanged", "failed"] as const;

export function renderItemTable(kinds: readonly KindCounts[], colors: Colors): string {
  const head = ["", ...ITEM_COLUMNS].map((heading) => colors.dim(heading));
  return renderTable(
    head,
    kinds.map((counts) => itemCells(counts, colors)),
  );
}

function itemCells({ kind, failed, ...counts }: KindCounts, colors: Colors): string[] {
  const { read, inserted, updated, unchanged } = counts;
  const cells = [read, inserted, updated, unchanged].map(formatCount);
  return [kind, ...cells, failed > 0 ? colors.red(formatCount(failed)) : "0"];
}
