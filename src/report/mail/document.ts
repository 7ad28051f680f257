import type { RunReport, RunStatus } from "../../domain/run-report.ts";
import { type Briefing, isQuiet, type KindCounts } from "../briefing.ts";
import { type FailureGroup, headingOf, shownOf } from "../failure-groups.ts";
import { type Html, html } from "../html.ts";
import { ITEM_COLUMNS } from "../item-table.ts";
import { formatCount } from "../numbers.ts";
import { LIGHT } from "../palette.ts";
import { countOf, itemWords, STATUS_MARK } from "../phrases.ts";
import { DARK_MODE, MAIL_STYLE } from "./style.ts";

/** The mail as HTML: tables and inline styles, as many mail programs support little else; nothing is loaded. */
export function renderDocument(report: RunReport, briefing: Briefing, subject: string): string {
  const { verdict, when, notes, scan, calls } = briefing;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>${DARK_MODE}</style>
</head>
<body class="ground" style="${MAIL_STYLE.body}">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" style="${MAIL_STYLE.ground}"><tr><td align="center" style="padding:24px 8px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="${MAIL_STYLE.card}">
<tr><td style="${MAIL_STYLE.stripe(report.status)}">&nbsp;</td></tr>
<tr><td class="ink" style="${MAIL_STYLE.cell}">
<p class="muted" style="${MAIL_STYLE.eyebrow}">hostaway-sync · account ${report.account_id}</p>
<h1 class="ink" style="${MAIL_STYLE.heading}">${badge(report.status)} ${report.status}</h1>
<p style="${MAIL_STYLE.lead}">${verdict}</p>
${notes.map((note) => html`<p style="${MAIL_STYLE.lead}"><strong>${note}</strong></p>`)}
<p class="muted" style="${MAIL_STYLE.small}">${when}</p>
</td></tr>
<tr><td class="ink line" style="${MAIL_STYLE.section}">${isQuiet(briefing) ? noAction() : todoSection(briefing)}</td></tr>
<tr><td class="ink line" style="${MAIL_STYLE.section}">
<h2 class="ink" style="${MAIL_STYLE.subheading}">Summary</h2>
${itemRowGroups(briefing.kinds)}
<p class="muted" style="${MAIL_STYLE.small}">${scan}</p>
<p class="muted" style="${MAIL_STYLE.small}">${calls}</p>
</td></tr>
<tr><td class="muted line" style="${MAIL_STYLE.footer}">Run ${report.run_id}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`.markup;
}

function badge(status: RunStatus): Html {
  return html`<span class="${status}" style="color:${LIGHT[status]}">${STATUS_MARK[status]}</span>`;
}

function noAction(): Html {
  return html`<p style="${MAIL_STYLE.lead}">No action needed.</p>`;
}

function todoSection({ groups, unnamed, open, warnings }: Briefing): Html {
  return html`<h2 class="ink" style="${MAIL_STYLE.subheading}">To do</h2>
${groups.map(group)}
${unnamed > 0 ? html`<p style="${MAIL_STYLE.text}">${countOf(unnamed, "more failed item")} not listed in the report.</p>` : null}
${open ? html`<p style="${MAIL_STYLE.text}">${open}</p>` : null}
${warnings.map(({ message, remediation }) => notice(`${message}.`, remediation))}`;
}

function notice(title: string, remedy: string): Html {
  return html`<p style="${MAIL_STYLE.text}"><strong>${title}</strong></p>
<p class="muted" style="${MAIL_STYLE.remedy}">${remedy}</p>`;
}

function group(failures: FailureGroup): Html {
  const { shown, hidden } = shownOf(failures);
  return html`${notice(headingOf(failures), failures.remedy)}
<ul style="${MAIL_STYLE.list}">
${shown.map((failure) => html`<li style="${MAIL_STYLE.item}">${itemWords(failure)}: ${failure.message}</li>\n`)}</ul>
${hidden > 0 ? html`<p class="muted" style="${MAIL_STYLE.small}">… and ${formatCount(hidden)} more</p>` : null}`;
}

/** A kind's name stands above its numbers: six columns are wider than a phone in a wide font. */
function itemRowGroups(kinds: readonly KindCounts[]): Html {
  return html`<table width="100%" cellpadding="0" cellspacing="0" border="0" style="${MAIL_STYLE.table}">
<thead><tr>${ITEM_COLUMNS.map((name) => html`<th scope="col" class="muted" style="${MAIL_STYLE.column}">${name}</th>`)}</tr></thead>
${kinds.map(itemRows)}</table>`;
}

function itemRows({ kind, read, inserted, updated, unchanged, failed }: KindCounts): Html {
  const counts = [read, inserted, updated, unchanged, failed];
  return html`<tbody><tr><th scope="rowgroup" colspan="${ITEM_COLUMNS.length}" class="line" style="${MAIL_STYLE.kind}">${kind}</th></tr>
<tr>${counts.map((count) => html`<td style="${MAIL_STYLE.number}">${formatCount(count)}</td>`)}</tr></tbody>
`;
}
