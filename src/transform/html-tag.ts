import { BOOLEAN_ATTRIBUTES, isElement, UNMISTAKABLE } from "./html-elements.ts";

/** A longer address is for a program that counts clicks, not for a reader. */
export const LONGEST_ADDRESS = 1_000;

/** A tag as it was written. */
export interface HtmlTag {
  readonly name: string;
  readonly start: number;
  /** Values of the attributes that matter here. */
  readonly attributes: HtmlAttributes;
  hasValue: boolean;
  /** Whether it has a word that is no attribute of HTML's: `<i think>` is no tag. */
  hasWords: boolean;
}

export type HtmlAttributes = Map<string, string>;

/** The attributes whose values are read. */
const READ = new Set(["href", "style", "hidden", "start"]);

export function beginTag(name: string, start: number): HtmlTag {
  return { name, start, attributes: new Map(), hasValue: false, hasWords: false };
}

/** The first of two attributes of the same name counts, as in a browser. */
export function addAttribute(tag: HtmlTag, name: string, value: string, hasValue: boolean): void {
  if (hasValue) tag.hasValue = true;
  else if (!isBooleanAttribute(name)) tag.hasWords = true;
  if (READ.has(name) && !tag.attributes.has(name)) tag.attributes.set(name, value);
}

/** Whether a browser would take it for a tag. A browser drops unknown tags, but their words must not be lost. */
export function isTag({ name, hasValue, hasWords }: HtmlTag): boolean {
  if (UNMISTAKABLE.has(name)) return true;
  if (isElement(name)) return hasValue || !hasWords;
  return isOffice(name) || (isCustom(name) && hasValue);
}

/** Whether an unknown name is a tag of an office program or a custom element, which no reader should see. */
export function isForeign(name: string): boolean {
  return isOffice(name) || isCustom(name);
}

/** `o:p`, `v:shape`, `st1:City`. */
function isOffice(name: string): boolean {
  return /^[a-z]{1,2}\d?:[a-z][a-z\d-]*$/.test(name);
}

/** `my-button`; without attributes it may as well be a placeholder: `<check-in>`. */
function isCustom(name: string): boolean {
  return /^[a-z][a-z\d]*(?:-[a-z\d]+)+$/.test(name);
}

export function isHidden(attributes: HtmlAttributes): boolean {
  if (attributes.has("hidden")) return true;
  return /(?:^|;)\s*display\s*:\s*none/i.test(attributes.get("style") ?? "");
}

export function firstNumber(attributes: HtmlAttributes): number {
  const start = Number(attributes.get("start") ?? 1);
  return Number.isSafeInteger(start) && Math.abs(start) < 1_000_000 ? start : 1;
}

/** Empty for an address that leads nowhere: a place in the same page, a script, a picture in the address itself. */
export function addressOf(attributes: HtmlAttributes): string {
  const address = (attributes.get("href") ?? "").replace(/\s+/g, " ").trim();
  if (/^(?:#|javascript:|data:|cid:|about:)/i.test(address)) return "";
  return address.length > LONGEST_ADDRESS ? `${address.slice(0, LONGEST_ADDRESS).toWellFormed()}…` : address;
}

/** Whether the text of a link shows its address already. */
export function showsAddress(address: string, shown: string): boolean {
  const bare = (text: string) => text.replace(/^(?:mailto:|tel:|https?:\/\/)/i, "").replace(/\/$/, "");
  return bare(address) === bare(shown);
}

/** Attributes that need no value. */
export function isBooleanAttribute(attribute: string): boolean {
  const name = attribute.toLowerCase();
  return BOOLEAN_ATTRIBUTES.has(name) || /^(?:data|aria)-/.test(name);
}
