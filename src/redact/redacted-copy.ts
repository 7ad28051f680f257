import { types } from "node:util";
import { Secret } from "../domain/secret.ts";
import { isSecret } from "./hide-credentials.ts";

/** The limits of a log line; the rest is cut, and the line says how much is missing. */
const LONGEST_FIELD = 8_192;
const MOST_ENTRIES = 200;
const DEEPEST_FIELD = 8;
/** The limits of all fields of a line together. */
const MOST_VALUES = 10_000;
const MOST_CHARACTERS = 1_048_576;
/** Of a longer text only the beginning is read, and the end of that is not shown: a secret may be cut in two. */
const LONGEST_TEXT_READ = 65_536;
const NOT_SHOWN = 4_096;

type Redact = (text: string) => string;

/** A copy made of plain objects, arrays, texts, numbers and booleans only, whatever the original is made of. */
export function redactedCopy(fields: object, redact: Redact): Readonly<Record<string, unknown>> {
  const copy = new RedactedCopy(redact).value(fields, 0);
  return typeof copy === "object" && copy !== null ? { ...copy } : { fields: copy };
}

/** One copy in the making: how much more it may hold, and the objects around the current one. */
class RedactedCopy {
  readonly #redact: Redact;
  readonly #enclosing = new Set<object>();
  #valuesLeft = MOST_VALUES;
  #charactersLeft = MOST_CHARACTERS;

  constructor(redact: Redact) {
    this.#redact = redact;
  }

  value(value: unknown, depth: number): unknown {
    this.#valuesLeft -= 1;
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "number" || typeof value === "bigint") return this.#number(value);
    if (typeof value === "symbol" || typeof value === "function") return `[${typeof value}]`;
    if (typeof value !== "object" || value === null) return value;
    if (this.#enclosing.has(value)) return "[circular]";
    if (depth > DEEPEST_FIELD || this.#valuesLeft < 0) return "[cut]";
    this.#enclosing.add(value);
    try {
      return this.#object(value, depth);
    } catch {
      return "[unreadable]";
    } finally {
      this.#enclosing.delete(value);
    }
  }

  #text(text: string): string {
    const readable = Math.min(text.length, LONGEST_TEXT_READ, this.#charactersLeft);
    this.#charactersLeft -= readable;
    const isWhole = readable === text.length;
    const shown = this.#redact(isWhole ? text : text.slice(0, readable));
    const end = Math.min(LONGEST_FIELD, isWhole ? shown.length : Math.max(shown.length - NOT_SHOWN, 0));
    const missing = shown.length - end + text.length - readable;
    return missing > 0 ? `${shown.slice(0, end)}…[+${missing}]` : shown;
  }

  /** A number stays a number, unless it is a secret or JSON has no such number. */
  #number(value: number | bigint): unknown {
    const shown = this.#text(String(value));
    return typeof value === "number" && Number.isFinite(value) && shown === String(value) ? value : shown;
  }

  #object(value: object, depth: number): unknown {
    if (value instanceof Secret) return "[secret]";
    if (types.isDate(value)) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
    if (types.isBoxedPrimitive(value)) return this.value(value.valueOf(), depth + 1);
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return this.#list(value, value.length, depth);
    if (types.isSet(value)) return this.#list(value, value.size, depth);
    if (types.isMap(value)) return this.#record([...value.keys()], (key) => value.get(key), depth);
    const read = (key: unknown): unknown => Reflect.get(value, String(key));
    if (types.isNativeError(value) || value instanceof Error)
      return this.#record(keysOfError(value), read, depth);
    if ("toJSON" in value && typeof value.toJSON === "function") return this.value(value.toJSON(), depth + 1);
    return this.#record(Object.keys(value), read, depth);
  }

  #list(values: Iterable<unknown>, length: number, depth: number): unknown[] {
    const shown: unknown[] = [];
    for (const value of values) {
      if (shown.length === MOST_ENTRIES) return [...shown, `…[+${length - MOST_ENTRIES}]`];
      shown.push(this.value(value, depth + 1));
    }
    return shown;
  }

  #record(keys: readonly unknown[], read: (key: unknown) => unknown, depth: number): object {
    const entries = keys.slice(0, MOST_ENTRIES).map((key) => {
      const name = typeof key === "object" ? "[object]" : String(key);
      const value = read(key);
      return [this.#text(name), isSecret(name, value) ? "[redacted]" : this.value(value, depth + 1)];
    });
    if (keys.length > MOST_ENTRIES) entries.push(["…", `[+${keys.length - MOST_ENTRIES}]`]);
    return Object.fromEntries(entries);
  }
}

function keysOfError(error: object): string[] {
  const usual = ["name", "message", "stack", "cause", "errors"].filter((key) => key in error);
  return [...new Set([...usual, ...Object.keys(error)])];
}
