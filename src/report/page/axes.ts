import type { RunReport } from "../../domain/run-report.ts";
import { DAY_MS } from "../../domain/time.ts";
import { formatDay, formatShortMonth, formatTime } from "../phrases.ts";
import type { ChartOption, Series, Size } from "./draw-svg.ts";

export const INK = "var(--ink)";
export const MUTED = "var(--muted)";
const LINE_COLOR = "var(--line)";
const AXIS_FONT = { fontFamily: "inherit", fontSize: 12 };

export interface Plot {
  readonly labels: readonly string[];
  readonly series: Series[];
  /** The end of the axis, unless the values decide it. */
  readonly max?: number | null;
  readonly logarithmic?: boolean;
  readonly formatValue: (value: number) => string;
}

const PLOT_MARGIN = { top: 26, bottom: 2, left: 0, right: 4 };

/** The frame shared by all charts: light lines, values on the left, days below. */
export function plot({ labels, series, max, logarithmic, formatValue }: Plot): ChartOption {
  return {
    textStyle: AXIS_FONT,
    grid: { ...PLOT_MARGIN, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: [...labels],
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE_COLOR } },
      axisLabel: { ...AXIS_FONT, color: MUTED, hideOverlap: true },
    },
    yAxis: {
      type: logarithmic ? "log" : "value",
      min: logarithmic ? 1 : 0,
      ...(max ? { max, interval: max / 4 } : {}),
      splitNumber: 4,
      minInterval: 1,
      splitLine: { lineStyle: { color: LINE_COLOR } },
      axisLabel: { ...AXIS_FONT, color: MUTED, formatter: formatValue },
    },
    series,
  };
}

/** Horizontal bars, the first on top, for categories with long names; numbers stand at their ends. */
export function horizontalPlot(labels: readonly string[], series: Series[]): ChartOption {
  return {
    textStyle: AXIS_FONT,
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
      axisLine: { lineStyle: { color: LINE_COLOR } },
      axisLabel: { ...AXIS_FONT, color: INK, interval: 0 },
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
    ...AXIS_FONT,
    formatter: ({ value }: { value?: unknown }) => formatter(Number(value)),
  };
}

/** A heat map: squares in rows and columns. */
export function heatMap(columns: readonly string[], rows: readonly string[], series: Series[]): ChartOption {
  const axis = { type: "category" as const, axisTick: { show: false }, axisLine: { show: false } };
  return {
    textStyle: AXIS_FONT,
    grid: { top: 8, bottom: 0, left: 0, right: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { ...axis, data: [...columns], axisLabel: { ...AXIS_FONT, color: MUTED, interval: 2 } },
    yAxis: { ...axis, data: [...rows], inverse: true, axisLabel: { ...AXIS_FONT, color: INK } },
    series,
  };
}

/** The width of a bar among this many. */
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
