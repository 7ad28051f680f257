import { COLLECTIONS, type CollectionSpec } from "./collections.ts";
import { describeFields, type JsonSchema } from "./validator.ts";

/** The page about all stored documents, made from the schemas that validate them. */
export function renderDataDictionary(): string {
  return [INTRODUCTION, ...COLLECTIONS.map(renderCollection)].join("\n\n").concat("\n");
}

const INTRODUCTION = `# Data dictionary

Made by \`npm run docs\` from the schemas in \`src/domain\`, which are also the collections' validators.

Names are snake_case. Ids are decimal strings. Times are BSON dates in UTC; calendar days are stored as midnight
UTC. Money is Decimal128 with its currency beside it. Hostaway's own words stand in fields named \`source_…\`. A
field marked "or null" is always there, and null when Hostaway did not say.

What Hostaway does not show any more is kept and has \`deleted_at\`; add \`deleted_at: null\` to a query to leave it
out. Collections whose names begin with \`sync_\` are the program's own books.`;

function renderCollection(spec: CollectionSpec): string {
  return [
    `## ${spec.name}`,
    spec.summary,
    renderFields(describeFields(spec.schema)),
    ...(spec.indexes.length > 0 ? [`Indexes: ${spec.indexes.map(renderIndex).join(", ")}.`] : []),
  ].join("\n\n");
}

function renderIndex({ key, unique }: CollectionSpec["indexes"][number]): string {
  const fields = Object.entries(key).map(([field, order]) => (order === "text" ? `text of ${field}` : field));
  return `\`${fields.join(", ")}\`${unique ? " (unique)" : ""}`;
}

function renderFields(schema: JsonSchema): string {
  const rows = rowsOf(schema).map(({ path, type, meaning }) => `| \`${path}\` | ${type} | ${meaning} |`);
  return ["| field | type | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

interface Row {
  readonly path: string;
  readonly type: string;
  readonly meaning: string;
}

function rowsOf(schema: JsonSchema, prefix = ""): Row[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const meaning = [field.description ?? "", wordsOf(field)].filter((part) => part !== "").join(" ");
    const row = { path, type: typeOf(field, required.has(name)), meaning };
    return [row, ...rowsOf(field, `${path}.`), ...(field.items ? rowsOf(field.items, `${path}[].`) : [])];
  });
}

function typeOf({ bsonType, items }: JsonSchema, required: boolean): string {
  const types = [bsonType ?? []].flat();
  const [real = "any"] = types.filter((type) => type !== "null");
  const element = items ? ` of ${[items.bsonType ?? "any"].flat()[0]}` : "";
  return `${real}${element}${types.includes("null") ? " or null" : ""}${required ? "" : ", optional"}`;
}

function wordsOf({ enum: words, items }: JsonSchema): string {
  const allowed = words ?? items?.enum;
  if (!allowed) return "";
  const listed = allowed.filter((word) => word !== null).map((word) => `\`${word}\``);
  return `One of ${listed.join(", ")}.`;
}
