import type { RunReport } from "../../domain/run-report.ts";
import { DAY_MS } from "../../domain/time.ts";
import { formatDay, formatShortMonth, formatTime } from "../phrases.ts";
import type { ChartOption, Series, Size } from "./draw-svg.ts";

export const INK = "var(--ink)";
export const MUTED = "var(--muted)";
const LINE = "var(--line)";
const FONT = { fontFamily: "inherit", fontSize: 12 };

export interface Plot {
  readonly labels: readonly string[];
  readonly series: Series[];
  /** The end of the axis, when it does not follow from the values. */
  readonly max?: number | null;
  readonly logarithmic?: boolean;
  readonly formatValue: (value: number) => string;
}

const MARGIN = { top: 26, bottom: 2, left: 0, right: 4 };

/** The frame that all charts share: quiet lines, values to the left, days below. */
export function plot({ labels, series, max, logarithmic, formatValue }: Plot): ChartOption {
  return {
    textStyle: FONT,
    grid: { ...MARGIN, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: [...labels],
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { ...FONT, color: MUTED, hideOverlap: true },
    },
    yAxis: {
      type: logarithmic ? "log" : "value",
      min: logarithmic ? 1 : 0,
      ...(max ? { max, interval: max / 4 } : {}),
      splitNumber: 4,
      minInterval: 1,
      splitLine: { lineStyle: { color: LINE } },
      axisLabel: { ...FONT, color: MUTED, formatter: formatValue },
    },
    series,
  };
}

/** Bars lying down, the first on top, for what has a name that needs room; numbers stand at their ends. */
export function lyingPlot(labels: readonly string[], series: Series[]): ChartOption {
  return {
    textStyle: FONT,
    grid: {
      top: 8,
      bottom: 0,
      left: 12,
      right: 48,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    xAxis: { type: "value", min: 0, max: "dataMax", show: false },
    yAxis: {
      type: "category",
      data: [...labels],
      inverse: true,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { ...FONT, color: INK, interval: 0 },
    },
    series,
  };
}

/** The number at the end of a bar. */
export function numberAt(position: "top" | "right", formatter: (value: number) => string) {
  return {
    show: true,
    position,
    color: MUTED,
    ...FONT,
    formatter: ({ value }: { value?: unknown }) => formatter(Number(value)),
  };
}

/** Squares in rows and columns, for what repeats in two ways. */
export function squares(columns: readonly string[], rows: readonly string[], series: Series[]): ChartOption {
  const axis = { type: "category" as const, axisTick: { show: false }, axisLine: { show: false } };
  return {
    textStyle: FONT,
    grid: { top: 8, bottom: 0, left: 0, right: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { ...axis, data: [...columns], axisLabel: { ...FONT, color: MUTED, interval: 2 } },
    yAxis: { ...axis, data: [...rows], inverse: true, axisLabel: { ...FONT, color: INK } },
    series,
  };
}

/** How wide one of so many bars may be. */
export function barWidth({ width }: Size, bars: number): number {
  return Math.max(3, Math.min(36, Math.floor(((width - 56) / Math.max(1, bars)) * 0.66)));
}

/** Days, or times of day when all runs are of one or two days. */
export function labelsOf(runs: readonly RunReport[]): string[] {
  const times = runs.map(({ started_at }) => started_at.getTime());
  const span = Math.max(...times) - Math.min(...times);
  return runs.map(({ started_at }) =>
    span < 2 * DAY_MS && runs.length > 2 ? formatTime(started_at) : formatDay(started_at),
  );
}

/** Months, with the year below the first and each January. */
export function monthLabels(months: readonly Date[]): string[] {
  return months.map((month, index) => {
    const name = formatShortMonth(month);
    return index === 0 || month.getUTCMonth() === 0 ? `${name}\n${month.getUTCFullYear()}` : name;
  });
}
