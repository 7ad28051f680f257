import { createHash } from "node:crypto";
import type { ItemType } from "../domain/failure.ts";
import * as hostaway from "../hostaway/schemas.ts";

const FIELDS: Readonly<Record<ItemType, ReadonlySet<string>>> = {
  listing: new Set(Object.keys(hostaway.Listing.shape)),
  reservation: new Set(Object.keys(hostaway.Reservation.shape)),
  conversation: new Set(Object.keys(hostaway.Conversation.shape).filter((name) => name !== "Reservation")),
  message: new Set(Object.keys(hostaway.ConversationMessage.shape)),
};

/** Longer texts are cut: a record is kept to see what was wrong with it, not to restore it. */
const LONGEST_TEXT = 2_000;
const LONGEST_LIST = 20;
const DEEPEST = 4;

/**
 * What is kept of a record that could not be stored: the fields that this program reads, as they came, and
 * the names of the others. Door codes, passwords and card data are not among them (P10).
 */
export function keepRaw(type: ItemType, raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return cut(raw, 0);
  const entries = Object.entries(raw);
  const read = entries
    .filter(([name]) => FIELDS[type].has(name))
    .map(([name, value]) => [name, cut(value, 0)]);
  const others = entries.map(([name]) => name).filter((name) => !FIELDS[type].has(name));
  return {
    ...Object.fromEntries(read),
    other_fields: others.slice(0, 200).map((name) => name.slice(0, 100)),
  };
}

function cut(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.toWellFormed().slice(0, LONGEST_TEXT);
  if (typeof value !== "object" || value === null) return value ?? null;
  if (depth === DEEPEST) return "…";
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map((one) => cut(one, depth + 1));
  const entries = Object.entries(value).slice(0, LONGEST_LIST * 5);
  return Object.fromEntries(entries.map(([name, inner]) => [safeName(name), cut(inner, depth + 1)]));
}

/** MongoDB has its own meaning for these. */
function safeName(name: string): string {
  return name.replaceAll(/^\$|\./g, "_").slice(0, 100);
}

/** Tells records without an id apart. */
export function fingerprintOfRaw(raw: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(raw) ?? "")
    .digest("hex")
    .slice(0, 12);
}
