import type { RunStatus } from "../../domain/run-report.ts";
import { Html } from "../html.ts";
import { DARK, LIGHT } from "../palette.ts";

const MAIL_FONT =
  "font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif;font-size:15px;line-height:1.5";
/** The reader's font is unknown: words wider than their column break, ids and paths above all. */
const WRAP = "overflow-wrap:anywhere;word-break:break-word";
const LINE_RULE = `border-top:1px solid ${LIGHT.line}`;

/** Inline, because some mail programs drop style sheets. */
export const MAIL_STYLE = {
  body: `margin:0;padding:0;background:${LIGHT.ground};color:${LIGHT.ink};${WRAP};${MAIL_FONT}`,
  ground: `background:${LIGHT.ground}`,
  card: `max-width:600px;background:${LIGHT.card};border-radius:10px;overflow:hidden;${WRAP};${MAIL_FONT}`,
  stripe: (status: RunStatus) => `height:4px;font-size:0;line-height:4px;background:${LIGHT[status]}`,
  cell: `padding:24px 20px 20px;color:${LIGHT.ink};text-align:left`,
  section: `padding:20px 20px;color:${LIGHT.ink};text-align:left;${LINE_RULE}`,
  footer: `padding:14px 20px;color:${LIGHT.muted};font-size:12px;text-align:left;${LINE_RULE}`,
  eyebrow: `margin:0 0 6px;color:${LIGHT.muted};font-size:13px`,
  heading: `margin:0 0 10px;color:${LIGHT.ink};font-size:24px;line-height:1.2;font-weight:600`,
  subheading: `margin:0 0 12px;color:${LIGHT.ink};font-size:16px;line-height:1.3;font-weight:600`,
  lead: "margin:0 0 8px",
  text: "margin:14px 0 2px",
  remedy: `margin:0 0 8px;color:${LIGHT.muted}`,
  small: `margin:8px 0 0;color:${LIGHT.muted};font-size:13px`,
  list: "margin:0;padding:0 0 0 20px;font-size:14px",
  item: "margin:0 0 3px",
  table: "border-collapse:collapse;font-size:14px",
  column: `padding:0 0 6px 6px;color:${LIGHT.muted};font-size:12px;font-weight:400;text-align:right`,
  kind: `padding:6px 0 0;font-weight:600;text-align:left;${LINE_RULE}`,
  number: "padding:0 0 6px 6px;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums",
} as const;

const RULES = [
  `.ground{background:${DARK.ground}!important}`,
  `.card{background:${DARK.card}!important}`,
  `.ink{color:${DARK.ink}!important}`,
  `.muted{color:${DARK.muted}!important}`,
  `.line{border-color:${DARK.line}!important}`,
  ...(["succeeded", "partial", "failed"] as const).map(
    (status) => `.${status}{color:${DARK[status]}!important}`,
  ),
];

/** For mail programs that keep style sheets; the others stay light. */
export const DARK_MODE = new Html(
  `:root{color-scheme:light dark;supported-color-schemes:light dark}@media (prefers-color-scheme:dark){${RULES.join("")}}`,
);
