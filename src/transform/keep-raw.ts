import { createHash } from "node:crypto";
import type { ItemType } from "../domain/failure.ts";
import * as hostaway from "./records.ts";

const KEPT_FIELDS: Readonly<Record<ItemType, ReadonlySet<string>>> = {
  listing: new Set(Object.keys(hostaway.ListingRecord.shape)),
  reservation: new Set(Object.keys(hostaway.ReservationRecord.shape)),
  conversation: new Set(
    Object.keys(hostaway.ConversationRecord.shape).filter((name) => name !== "Reservation"),
  ),
  message: new Set(Object.keys(hostaway.MessageRecord.shape)),
};

/** Longer texts are cut: a record is kept to find its error, not to restore it. */
const LONGEST_KEPT_TEXT = 2_000;
const LONGEST_FIELD_NAME = 100;
const LONGEST_LIST = 20;
const MOST_FIELDS = 100;
const MOST_OTHER_FIELDS = 200;
const DEEPEST_KEPT = 4;
/** Total length of the kept part of one record, in characters. */
const LARGEST_RECORD = 64 * 1_024;

/**
 * The part of a failed record that a dead letter keeps: the fields that this program reads, unchanged, and
 * the names of the others. Door codes, passwords and card data are not among them (P10). The copy of any
 * record is small and can be stored.
 */
export function keepRaw(type: ItemType, raw: unknown): unknown {
  const copy = createCopier();
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return copy(raw);
  const names = Object.keys(raw);
  const read = names.filter((name) => KEPT_FIELDS[type].has(name));
  const others = names.filter((name) => !KEPT_FIELDS[type].has(name));
  return {
    ...Object.fromEntries(read.map((name) => [name, copy(Reflect.get(raw, name))])),
    other_fields: others.slice(0, MOST_OTHER_FIELDS).map(safeName),
  };
}

/** Copies values up to the largest size; the values beyond it become "…". */
function createCopier(): (value: unknown) => unknown {
  let left = LARGEST_RECORD;

  function text(value: string): string {
    const kept = value.slice(0, Math.min(LONGEST_KEPT_TEXT, Math.max(0, left))).toWellFormed();
    left -= kept.length;
    return kept;
  }

  function copy(value: unknown, depth: number): unknown {
    left -= 8;
    if (typeof value === "string") return text(value);
    if (typeof value !== "object" || value === null) return value ?? null;
    if (value instanceof Date) return value;
    if (depth === DEEPEST_KEPT || left <= 0) return "…";
    if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map((one) => copy(one, depth + 1));
    const entries = Object.entries(value).slice(0, MOST_FIELDS);
    return Object.fromEntries(entries.map(([name, inner]) => [text(safeName(name)), copy(inner, depth + 1)]));
  }

  return (value) => copy(value, 0);
}

/**
 * A name that a database can hold. BSON ends a name at NUL, its serializers take an object with `_bsontype` for
 * one of their own, MongoDB reads `$` and `.` as operators and paths, and `__proto__` is no name in JavaScript.
 */
function safeName(name: string): string {
  const safe = name
    .slice(0, LONGEST_FIELD_NAME)
    .toWellFormed()
    .replaceAll(/^\$|[.\0]/g, "_");
  return safe === "_bsontype" || safe === "__proto__" || safe === "" ? `(${safe})` : safe;
}

/** Distinguishes records without an id. */
export function fingerprintOfRaw(raw: unknown): string {
  return createHash("sha256").update(jsonOf(raw)).digest("hex").slice(0, 12);
}

/** The record as JSON; of a record that is nested too deeply, the JSON of its kept part. */
export function jsonOf(raw: unknown): string {
  try {
    return JSON.stringify(raw) ?? "";
  } catch {
    return JSON.stringify(createCopier()(raw));
  }
}
