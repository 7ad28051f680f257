import { type Html, html } from "../html.ts";
import { type ChartOption, draw, type Size } from "./draw-svg.ts";

export interface Figure {
  readonly title: string;
  /** The finding, in a sentence or two. */
  readonly caption: string;
  readonly alternative: string;
  readonly legend: readonly { readonly color: string; readonly label: string; readonly shape?: "line" }[];
  option(size: Size): ChartOption;
  tooltip(series: number, index: number): string | null;
}

/** Each figure is drawn twice: letters that shrink with the picture cannot be read on a phone. */
const WIDE_SIZE: Size = { width: 506, height: 230 };
const NARROW_SIZE: Size = { width: 326, height: 210 };

export function renderFigure(figure: Figure): Html {
  const { title, caption, legend } = figure;
  const drawn = (size: Size) => draw({ ...figure, option: figure.option(size) }, size);
  return html`<figure class="card">
<figcaption><h3>${title}</h3><p>${caption}</p></figcaption>
<div class="wide">${drawn(WIDE_SIZE)}</div>
<div class="narrow">${drawn(NARROW_SIZE)}</div>
${legend.length > 0 ? renderLegend(legend) : null}
</figure>
`;
}

function renderLegend(legend: Figure["legend"]): Html {
  return html`<ul class="legend">${legend.map(
    ({ color, label, shape }) =>
      html`<li><i class="${shape ?? "square"}" style="background:${color}"></i>${label}</li>`,
  )}</ul>`;
}
