import { z } from "zod";

type JsonSchema = Readonly<Record<string, unknown>>;

/** The driver sends a whole number as int or, from 2^31, as double; DocumentDB does not know the alias `number`. */
const NUMBER = ["int", "long", "double"];

const BSON_TYPE_OF: Readonly<Record<string, string | readonly string[]>> = {
  string: "string",
  boolean: "bool",
  object: "object",
  array: "array",
  null: "null",
  number: NUMBER,
  integer: NUMBER,
};

/** The `$jsonSchema` of a collection, made from the schema of its documents. */
export function toValidator(schema: z.ZodType): { readonly $jsonSchema: JsonSchema } {
  const json = z.toJSONSchema(schema, {
    unrepresentable: "any",
    io: "output",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === "date") Object.assign(jsonSchema, { bsonType: "date" });
    },
  });
  return { $jsonSchema: toBsonSchema(json as JsonSchema) };
}

/**
 * Says in MongoDB's words (`bsonType`) what JSON Schema says in its own, and keeps what both MongoDB and
 * DocumentDB enforce. A nullable field becomes a list of two types.
 */
function toBsonSchema(json: JsonSchema): JsonSchema {
  const options = json["anyOf"] as readonly JsonSchema[] | undefined;
  if (options) return nullable(options.map(toBsonSchema));
  const type = json["bsonType"] ?? BSON_TYPE_OF[String(json["type"])];
  const properties = json["properties"] as Readonly<Record<string, JsonSchema>> | undefined;
  return {
    ...(type !== undefined && { bsonType: type }),
    ...(json["enum"] !== undefined && { enum: json["enum"] }),
    ...(json["pattern"] !== undefined && { pattern: json["pattern"] }),
    ...(json["required"] !== undefined && { required: json["required"] }),
    ...(json["items"] !== undefined && { items: toBsonSchema(json["items"] as JsonSchema) }),
    ...(properties && { properties: mapValues(properties, toBsonSchema) }),
  };
}

function nullable(options: readonly JsonSchema[]): JsonSchema {
  const [real = {}] = options.filter((option) => option["bsonType"] !== "null");
  const words = real["enum"] as readonly unknown[] | undefined;
  return { ...real, bsonType: [real["bsonType"], "null"].flat(), ...(words && { enum: [...words, null] }) };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
