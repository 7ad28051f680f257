import type { Poison } from "../faults.ts";

export interface Poisoned {
  readonly endpoint: string;
  readonly id: unknown;
  readonly field: string | null;
  readonly change: Poison["change"];
}

type JsonObject = Record<string, unknown>;

/** Damages items in place and returns a description of each. */
export function poison(rule: Poison, endpoint: string, result: unknown): Poisoned[] {
  const items: unknown[] = Array.isArray(result) ? result : [result];
  const chosen = items.flatMap((item, index) => (isPoisoned(rule, item, index) ? [index] : []));
  return chosen.map((index) => {
    const id = idOf(items[index]);
    damage(rule, items, index, result);
    return { endpoint, id, field: rule.field ?? null, change: rule.change };
  });
}

function idOf(item: unknown): unknown {
  return isJsonObject(item) ? item["id"] : undefined;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}

function isPoisoned(rule: Poison, item: unknown, index: number): boolean {
  const id = idOf(item);
  return rule.ids === undefined ? index === rule.index : typeof id === "number" && rule.ids.includes(id);
}

function damage(rule: Poison, items: unknown[], index: number, result: unknown): void {
  if (rule.field === undefined) {
    if (items === result) items[index] = damaged(rule, items[index]);
    return;
  }
  const keys = rule.field.split(".");
  const last = keys.pop() as string;
  let holder: unknown = items[index];
  for (const key of keys) holder = isJsonObject(holder) ? holder[key] : undefined;
  if (!isJsonObject(holder)) return;
  if (rule.change === "drop") delete holder[last];
  else holder[last] = damaged(rule, holder[last]);
}

const HUGE = 5_000_000;

function damaged(rule: Poison, value: unknown): unknown {
  switch (rule.change) {
    case "drop":
    case "null":
      return null;
    case "wrong_type":
      return { unexpected: true };
    case "text":
      return String(value);
    case "unknown_word":
      return "never-seen-before";
    case "broken_date":
      return "2026-02-30 25:61:00";
    case "lone_surrogate":
      return `${String(value ?? "")}\ud83d`;
    case "huge":
      return "0123456789".repeat(HUGE / 10);
    case "value":
      return rule.value;
  }
}
