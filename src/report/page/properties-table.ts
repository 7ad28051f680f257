import type { Contact } from "../../domain/insights.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatMinutes, formatShare } from "../numbers.ts";
import { countOf } from "../phrases.ts";
import { type Answering, answeringOf } from "./reply-times.ts";

interface Property extends Answering {
  readonly name: string;
}

const MOST = 50;
const NUMBERS = ["guests who wrote", "first answer, median", "within an hour", "unanswered"] as const;

/** How each property's guests were answered, those with most guests first. */
export function renderPropertiesTable(contacts: readonly Contact[]): Html | null {
  const properties = propertiesOf(contacts);
  if (properties.length === 0) return null;
  const hidden = properties.length - MOST;
  return html`<section class="card" aria-labelledby="properties">
<h2 id="properties">By property</h2>
<p class="muted">Guests who wrote for the first time in these months. The first answer is a person’s; “unanswered” are those who wrote since a person last did, a closing “thank you” too.</p>
<table class="runs" role="table" aria-labelledby="properties"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">property</th>${NUMBERS.map(
    (name) => html`<th scope="col" role="columnheader" class="number">${name}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${properties.slice(0, MOST).map(row)}</tbody></table>
${hidden > 0 ? html`<p class="muted">… and ${countOf(hidden, "more property", "more properties")} with fewer guests.</p>` : null}
</section>
`;
}

function row({ name, guests, medianMinutes, withinAnHour, unanswered }: Property): Html {
  const numbers = [
    formatCount(guests),
    medianMinutes === null ? "–" : formatMinutes(medianMinutes),
    formatShare(withinAnHour, guests),
    formatCount(unanswered),
  ];
  return html`<tr role="row"><th scope="row" role="rowheader" class="long">${name}</th>${numbers.map(
    (text, column) => html`<td role="cell" class="number" data-label="${NUMBERS[column] ?? ""}">${text}</td>`,
  )}</tr>
`;
}

function propertiesOf(contacts: readonly Contact[]): Property[] {
  const byId = new Map<string | null, Contact[]>();
  for (const contact of contacts) {
    const same = byId.get(contact.property_id);
    if (same) same.push(contact);
    else byId.set(contact.property_id, [contact]);
  }
  return [...byId.values()]
    .map((same) => ({ name: nameOf(same), ...answeringOf(same) }))
    .sort((a, b) => b.guests - a.guests || a.name.localeCompare(b.name, "en"));
}

function nameOf(contacts: readonly Contact[]): string {
  const named = contacts.find(({ property_name }) => property_name !== null);
  return (
    named?.property_name ?? (contacts[0]?.property_id ? `property ${contacts[0].property_id}` : "no property")
  );
}
