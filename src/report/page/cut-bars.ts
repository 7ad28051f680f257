import { listOf } from "../phrases.ts";
import { INK } from "./axes.ts";
import type { Series } from "./draw-svg.ts";

const CUT_GAP = 3;

/** A gap near the top of each bar that is cut off, and its full value above the gap. */
export function cutMarks(
  totals: readonly number[],
  ceiling: number | null,
  width: number,
  format: (value: number) => string,
): Series[] {
  if (ceiling === null) return [];
  const data = totals.flatMap((total, index) =>
    total > ceiling
      ? [
          {
            value: [index, ceiling],
            label: { formatter: format(total), ...towardsMiddle(index, totals.length, width) },
          },
        ]
      : [],
  );
  return [
    {
      type: "scatter",
      silent: true,
      symbol: "rect",
      symbolSize: [width + 8, CUT_GAP],
      symbolRotate: 18,
      symbolOffset: [0, 14],
      itemStyle: { color: "var(--card)", opacity: 1 },
      label: {
        show: true,
        position: "top",
        distance: 17,
        color: INK,
        fontFamily: "inherit",
        fontSize: 12,
        fontWeight: 600,
      },
      z: 5,
      data,
    },
  ];
}

/** Keeps the label clear of the axis and inside the picture. */
function towardsMiddle(index: number, count: number, width: number) {
  const left = index < count / 2;
  return { align: left ? ("left" as const) : ("right" as const), offset: [left ? -width / 2 : width / 2, 0] };
}

/** A note that names the bars that are cut off; empty when none is. */
export function cutNote(
  totals: readonly number[],
  ceiling: number | null,
  nameOf: (index: number) => string,
): string {
  const names = totals.flatMap((total, index) =>
    ceiling !== null && total > ceiling ? [nameOf(index)] : [],
  );
  return names.length > 0 ? ` Bars cut off to fit: ${listOf(names)}.` : "";
}

/** The part of each stacked value that lies below the ceiling, from the bottom. */
export function below(ceiling: number | null, ...stack: readonly number[]): number[] {
  let room = ceiling ?? Number.POSITIVE_INFINITY;
  return stack.map((value) => {
    const shown = Math.min(value, room);
    room -= shown;
    return shown;
  });
}
