import { BarChart, type BarSeriesOption, ScatterChart, type ScatterSeriesOption } from "echarts/charts";
import { GridComponent, type GridComponentOption } from "echarts/components";
import { type ComposeOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { escapeHtml, Html } from "../html.ts";

use([BarChart, ScatterChart, GridComponent, SVGRenderer]);

export type Series = BarSeriesOption | ScatterSeriesOption;
export type ChartOption = ComposeOption<Series | GridComponentOption>;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Drawing {
  readonly option: ChartOption;
  /** The picture in words, for screen readers. */
  readonly alternative: string;
  /** Text shown while the mouse rests on a mark. */
  tooltip(series: number, index: number): string | null;
}

/** Draws a chart as SVG for embedding in HTML. Colours may be CSS variables of the page. */
export function draw({ option, alternative, tooltip }: Drawing, size: Size): Html {
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption({ animation: false, ...option });
    const svg = chart.renderToSVGString();
    return new Html(toInline(svg, alternative, tooltip));
  } finally {
    chart.dispose();
  }
}

const ROOT_ATTRIBUTES =
  / width="\d+" height="\d+" xmlns="[^"]*" xmlns:xlink="[^"]*" version="[^"]*" baseProfile="[^"]*"/;
const MARK_PATH = / ecmeta_series_index="(\d+)" ecmeta_data_index="(\d+)" ecmeta_ssr_type="chart"><\/path>/g;

/**
 * Removes everything that only a standalone, scripted SVG needs: namespaces, hover classes and styles, and
 * numbers that would differ from picture to picture.
 */
function toInline(svg: string, alternative: string, tooltip: Drawing["tooltip"]): string {
  return svg
    .replace(ROOT_ATTRIBUTES, ` role="img" aria-label="${escapeHtml(alternative)}"`)
    .replace(/<style ?>.*?<\/style>\n?/s, "")
    .replaceAll(/ class="zr\d+-cls-\d+"/g, "")
    .replaceAll(MARK_PATH, (_, series: string, index: string) => {
      const words = tooltip(Number(series), Number(index));
      return words === null ? "></path>" : `><title>${escapeHtml(words)}</title></path>`;
    })
    .replaceAll(/ ecmeta_\w+="[^"]*"/g, "");
}
