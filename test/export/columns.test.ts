import { expect, test } from "@jest/globals";
import { EXPORT_COLUMNS } from "../../src/export/columns.ts";
import { MESSAGES } from "../../src/store/collections.ts";
import { describeFields, type JsonSchema } from "../../src/store/validator.ts";

/** Of what is stored about a message, this has no column of its own. */
const LEFT_OUT = [
  "content_html",
  "attachments",
  "content_hash",
  "created_at",
  "updated_at",
  "schema_version",
  // Made for searching, of what other fields say.
  "content_tokens",
  "reservation_ids",
  "source_reservation_id",
  "source_conversation_id",
];
/** And these columns are no field. */
const MADE_UP = ["attachment_count", "attachment_names", "attachment_urls"];

const TYPES = {
  text: "string",
  timestamp: "date",
  day: "date",
  boolean: "bool",
  integer: "int",
  decimal: "decimal",
};

interface Leaf {
  readonly name: string;
  readonly type: string;
  readonly isDay: boolean;
}

function leavesOf(schema: JsonSchema, prefix = ""): Leaf[] {
  return Object.entries(schema.properties ?? {}).flatMap(([field, inner]) => {
    const name = `${prefix}${field}`;
    if (inner.properties) return leavesOf(inner, `${name}_`);
    const [type = ""] = [inner.bsonType ?? []].flat().filter((word) => word !== "null");
    return [{ name, type, isDay: inner.description?.includes("calendar day") === true }];
  });
}

const leaves = MESSAGES.schema ? leavesOf(describeFields(MESSAGES.schema)) : [];

test("no field of a message is forgotten", () => {
  const fields = leaves.map(({ name }) => name).filter((name) => !LEFT_OUT.includes(name));

  expect(EXPORT_COLUMNS.map(({ name }) => name).sort()).toEqual([...fields, ...MADE_UP].sort());
});

test("every column has its field's type", () => {
  const columns = new Map(EXPORT_COLUMNS.map(({ name, type }) => [name, type]));
  const fields = leaves.filter(({ name }) => columns.has(name));

  expect(fields.map(({ name }) => [name, TYPES[columns.get(name) ?? "text"]])).toEqual(
    fields.map(({ name, type }) => [name, type]),
  );
  expect(EXPORT_COLUMNS.filter(({ type }) => type === "day").map(({ name }) => name)).toEqual(
    leaves.filter(({ isDay }) => isDay).map(({ name }) => name),
  );
});
