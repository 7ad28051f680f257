import { z } from "zod";

/** The part of `$jsonSchema` that both MongoDB and DocumentDB enforce, and a description for people. */
export interface JsonSchema {
  readonly bsonType?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly (string | null)[];
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

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

/** The validator of a collection, made from the schema of its documents. */
export function toValidator(schema: z.ZodType): { readonly $jsonSchema: JsonSchema } {
  return { $jsonSchema: withoutDescriptions(describeFields(schema)) };
}

/** The same with descriptions, for the data dictionary. */
export function describeFields(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, {
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === "date") Object.assign(jsonSchema, { bsonType: "date" });
    },
  });
  return toBsonSchema(json as ZodJson);
}

/** The output of `z.toJSONSchema` for the schemas in `src/domain`. */
interface ZodJson extends Omit<JsonSchema, "items" | "properties"> {
  readonly type?: string;
  readonly anyOf?: readonly ZodJson[];
  readonly items?: ZodJson;
  readonly properties?: Readonly<Record<string, ZodJson>>;
}

/** JSON Schema in MongoDB's words (`bsonType`); a nullable field becomes a list of types. */
function toBsonSchema(json: ZodJson): JsonSchema {
  const { type, anyOf, items, properties, ...rest } = json;
  if (anyOf) return { ...nullable(anyOf.map(toBsonSchema)), ...described(rest) };
  const bsonType = rest.bsonType ?? BSON_TYPE_OF[type ?? ""];
  return {
    ...(bsonType && { bsonType }),
    ...described(rest),
    ...(rest.enum && { enum: rest.enum }),
    ...(rest.pattern && { pattern: rest.pattern }),
    ...(rest.required && { required: rest.required }),
    ...(items && { items: toBsonSchema(items) }),
    ...(properties && { properties: mapValues(properties, toBsonSchema) }),
  };
}

function described({ description }: Pick<JsonSchema, "description">): Pick<JsonSchema, "description"> {
  return description === undefined ? {} : { description };
}

function nullable(options: readonly JsonSchema[]): JsonSchema {
  const [real = {}] = options.filter((option) => option.bsonType !== "null");
  const bsonType = [real.bsonType ?? [], "null"].flat();
  return { ...real, bsonType, ...(real.enum && { enum: [...real.enum, null] }) };
}

function withoutDescriptions({ description: _, items, properties, ...rest }: JsonSchema): JsonSchema {
  return {
    ...rest,
    ...(items && { items: withoutDescriptions(items) }),
    ...(properties && { properties: mapValues(properties, withoutDescriptions) }),
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
