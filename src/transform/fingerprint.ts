import { SCHEMA_VERSION } from "../domain/schema-version.ts";
import { jsonOf } from "./keep-raw.ts";

/**
 * The activity marks of a conversation as the list shows them: `messageSentOn`, `messageReceivedOn`, and id,
 * `updatedOn` and `status` of the newest message inside. Any new message and most changes of old ones move
 * at least one of them (so in all of 100 recorded ones). They are compared for equality only, as they came:
 * neither clocks nor date formats matter.
 */
export function fingerprintOf(raw: unknown): string {
  const newest = firstOf(field(raw, "conversationMessages"));
  const marks = [
    field(raw, "messageSentOn"),
    field(raw, "messageReceivedOn"),
    field(newest, "id"),
    field(newest, "updatedOn"),
    field(newest, "status"),
  ];
  return [SCHEMA_VERSION, ...marks.map(toText)].join("|");
}

/** A garbage value must not make the fingerprint grow. */
const LONGEST_MARK = 40;

function toText(mark: unknown): string {
  if (mark === undefined || mark === null) return "";
  return (typeof mark === "string" ? mark : jsonOf(mark)).slice(0, LONGEST_MARK);
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
