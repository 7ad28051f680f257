import { Html } from "../html.ts";
import { DARK, LIGHT, SERIES_DARK, SERIES_LIGHT } from "../palette.ts";

function variables(colors: Readonly<Record<string, string>>, series: readonly string[]): string {
  const all = [...Object.entries(colors), ...series.map((color, index) => [`series-${index + 1}`, color])];
  return all.map(([name, color]) => `--${name}:${color}`).join(";");
}

/** Paper is always light. */
export const PAGE_STYLE = new Html(`
:root{color-scheme:light;${variables(LIGHT, SERIES_LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${variables(DARK, SERIES_DARK)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;overflow-wrap:break-word;-webkit-text-size-adjust:100%}
main,header,footer{max-width:1160px;margin:0 auto;padding:0 20px}
header{padding-top:36px;padding-bottom:20px}
footer{padding-top:4px;padding-bottom:36px;font-size:13px}
h1,h2,h3,p,figure,dl,dd,ol,ul{margin:0;padding:0}
h1{font-size:28px;line-height:1.2;font-weight:650;letter-spacing:-.015em}
h2{font-size:19px;line-height:1.3;font-weight:650;letter-spacing:-.01em}
h3{font-size:15px;line-height:1.4;font-weight:650}
nav{display:flex;gap:26px;margin-top:16px;border-bottom:1px solid var(--line)}
nav a{color:var(--muted);text-decoration:none;font-weight:600;padding:6px 2px 9px;margin-bottom:-1px;border-bottom:3px solid transparent}
nav a:hover{color:var(--ink)}
body:has(#messages:target) nav a[href="#messages"],body:not(:has(#messages:target)) nav a[href="#runs"]{color:var(--ink);border-bottom-color:var(--accent)}
.tab{scroll-margin-top:100vh}
#messages:not(:target),main:has(#messages:target) #runs{display:none}
.eyebrow,.muted,footer,figcaption p,small{color:var(--muted)}
.eyebrow{font-size:13px}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:22px 26px;margin-bottom:20px}
.icon{width:1em;height:1em;vertical-align:-.12em;flex:none}
.icon path{fill:none;stroke:var(--card);stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.icon.succeeded circle{fill:var(--succeeded)}
.icon.partial circle{fill:var(--partial)}
.icon.failed circle{fill:var(--failed)}
.last{border-top:4px solid var(--line)}
.last.succeeded{border-top-color:var(--succeeded)}
.last.partial{border-top-color:var(--partial)}
.last.failed{border-top-color:var(--failed)}
.last h2{font-size:26px;margin:2px 0 6px;text-transform:capitalize}
.lead{font-size:17px}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:14px 24px;margin:20px 0 16px;padding:18px 0;border:solid var(--line);border-width:1px 0}
dl div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
dt{color:var(--muted);font-size:13px}
dd{font-size:28px;line-height:1.2;font-weight:600;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
dd small{font-size:15px;font-weight:400;letter-spacing:0}
.todo{margin-top:20px}
.todo h3{font-size:17px}
.todo p{margin-top:8px;max-width:80ch}
.todo strong{display:block;font-weight:600}
.items{margin:6px 0 0;padding-left:1.2em;font-size:14px;columns:2;column-gap:32px}
.items li{break-inside:avoid;overflow-wrap:anywhere}
.strip{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 24px;margin-bottom:20px;padding:0 2px}
.strip ol{display:flex;flex-wrap:wrap;gap:5px;list-style:none;font-size:17px;line-height:1}
.strip .succeeded{opacity:.75}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:20px;margin-bottom:20px}
.charts .card{margin:0}
figcaption p{font-size:14px;min-height:3em}
figure svg{display:block;width:100%;max-width:640px;height:auto;overflow:visible}
.narrow{display:none}
.legend{display:flex;flex-wrap:wrap;gap:2px 18px;list-style:none;font-size:13px;color:var(--muted);margin-top:8px}
.square,.line{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:7px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.line{width:14px;height:2px;border-radius:0;vertical-align:4px}
.calm{display:flex;align-items:center;justify-content:center;min-height:200px;color:var(--muted)}
table{width:100%;border-collapse:collapse;margin-top:14px;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:9px 0 9px 16px;text-align:left;vertical-align:top;border-top:1px solid var(--line);font-weight:400}
thead th{color:var(--muted);font-size:13px;border-top:0;padding-top:0}
th:first-child{padding-left:0}
th .square{vertical-align:baseline}
.plain th,.runs time,.plain td:nth-child(3){white-space:nowrap}
.number{text-align:right;white-space:nowrap}
.long{overflow-wrap:anywhere}
.runs td,.runs th{padding-top:7px;padding-bottom:7px}
.runs small{display:block;font-size:12px}
.runs .id{padding-left:24px}
.runs td.id{color:var(--muted);font:11px/1.9 ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere;min-width:7em}
.empty{text-align:center;padding:64px 26px}
.empty code{font-family:ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;font-size:.95em}
@media screen and (max-width:959px){.charts{grid-template-columns:1fr}figcaption p{min-height:0;margin-bottom:8px}.items{columns:1}}
@media screen and (max-width:1099px){
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody{display:block}
tr>*{min-width:0;max-width:100%}
tr{display:flex;flex-wrap:wrap;align-items:baseline;gap:1px 12px;padding:11px 0;border-top:1px solid var(--line)}
.runs th,.runs td,.plain th,.plain td,.plain td:nth-child(3),.runs td.id{display:block;padding:0;border:0;text-align:left;white-space:normal}
tbody th{flex:1 1 auto}
.runs tbody th{flex-basis:calc(100% - 10em)}
.status{flex:0 1 auto}
.status:has(small){flex:1 1 100%}
.long,.id{flex:1 1 100%}
td[data-label]{color:var(--muted);font-size:13px}
td.number::after{content:" " attr(data-label)}
.last-seen::before{content:attr(data-label) " "}
}
@media screen and (max-width:559px){
main,header,footer{padding-left:16px;padding-right:16px}
header{padding-top:24px}
.card{padding:18px 16px}
.wide{display:none}.narrow{display:block}
dl{grid-template-columns:1fr 1fr}
h1{font-size:24px}
}
@media print{
nav{display:none}
#messages:not(:target),main:has(#messages:target) #runs{display:block}
body{background:none;font-size:12px}
main,header,footer{max-width:none;padding-left:0;padding-right:0}
.card{break-inside:avoid;padding:12px 16px}
section.card:last-of-type{break-inside:auto}
.charts,dl{gap:12px}
dl{grid-template-columns:repeat(6,1fr)}
table,thead th{font-size:10px}
th,td{padding-left:8px}
.runs .id{padding-left:8px}
.runs td.id{font-size:8px}
tr{break-inside:avoid}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`);
