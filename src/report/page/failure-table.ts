import { type Html, html } from "../html.ts";
import { formatCount } from "../numbers.ts";
import { formatMoment } from "../phrases.ts";
import { colorOf, type FailureType, failureTypeName } from "./failure-types.ts";

/** Each type of failure in the shown runs, with its remedy. */
export function renderFailureTable(types: readonly FailureType[]): Html | null {
  if (types.length === 0) return null;
  return html`<section class="card" aria-labelledby="remedies">
<h2 id="remedies">Failures and what to do</h2>
<table class="plain" role="table"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">type</th><th scope="col" role="columnheader" class="number">count</th><th scope="col" role="columnheader">last seen</th><th scope="col" role="columnheader">what to do</th></tr></thead>
<tbody role="rowgroup">${types.map(failureRow)}</tbody></table>
</section>
`;
}

function failureRow(type: FailureType, place: number): Html {
  return html`<tr role="row"><th scope="row" role="rowheader"><i class="square" style="background:${colorOf(type, place)}"></i>${failureTypeName(type)}</th><td role="cell" class="number" data-label="${type.total === 1 ? "time" : "times"}">${formatCount(type.total)}</td><td role="cell" class="last-seen" data-label="last seen">${type.last ? formatMoment(type.last) : null}</td><td role="cell" class="long">${type.remedy}</td></tr>
`;
}
