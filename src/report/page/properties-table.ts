import type { Contact } from "../../domain/insights.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatMinutes, formatShare } from "../numbers.ts";
import { countOf } from "../phrases.ts";
import { type ReplyTimes, replyTimesOf } from "./reply-times.ts";

interface PropertyRow extends ReplyTimes {
  readonly name: string;
}

const LISTED_PROPERTIES = 50;
const PROPERTY_COLUMNS = ["guests who wrote", "median first reply", "within an hour", "unanswered"] as const;

/** First replies by property, the property with most guests first. */
export function renderPropertiesTable(contacts: readonly Contact[]): Html | null {
  const properties = propertiesOf(contacts);
  if (properties.length === 0) return null;
  const hidden = properties.length - LISTED_PROPERTIES;
  return html`<section class="card" aria-labelledby="properties">
<h2 id="properties">By property</h2>
<p class="muted">Guests whose first message falls into these months. Only a person’s reply counts. A guest is “unanswered” after any message that no person has replied to, even a closing “thank you”.</p>
<table class="runs" role="table" aria-labelledby="properties"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">property</th>${PROPERTY_COLUMNS.map(
    (name) => html`<th scope="col" role="columnheader" class="number">${name}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${properties.slice(0, LISTED_PROPERTIES).map(propertyRow)}</tbody></table>
${hidden > 0 ? html`<p class="muted">… and ${countOf(hidden, "more property", "more properties")} with fewer guests.</p>` : null}
</section>
`;
}

function propertyRow({ name, guests, medianMinutes, withinAnHour, unanswered }: PropertyRow): Html {
  const numbers = [
    formatCount(guests),
    medianMinutes === null ? "–" : formatMinutes(medianMinutes),
    formatShare(withinAnHour, guests),
    formatCount(unanswered),
  ];
  return html`<tr role="row"><th scope="row" role="rowheader" class="long">${name}</th>${numbers.map(
    (text, column) =>
      html`<td role="cell" class="number" data-label="${PROPERTY_COLUMNS[column] ?? ""}">${text}</td>`,
  )}</tr>
`;
}

function propertiesOf(contacts: readonly Contact[]): PropertyRow[] {
  const byId = new Map<string | null, Contact[]>();
  for (const contact of contacts) {
    const same = byId.get(contact.property_id);
    if (same) same.push(contact);
    else byId.set(contact.property_id, [contact]);
  }
  return [...byId.values()]
    .map((same) => ({ name: propertyNameOf(same), ...replyTimesOf(same) }))
    .sort((a, b) => b.guests - a.guests || a.name.localeCompare(b.name, "en"));
}

function propertyNameOf(contacts: readonly Contact[]): string {
  const named = contacts.find(({ property_name }) => property_name !== null);
  return (
    named?.property_name ?? (contacts[0]?.property_id ? `property ${contacts[0].property_id}` : "no property")
  );
}
