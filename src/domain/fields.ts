import { Decimal128 } from "bson";
import { z } from "zod";

/**
 * The field types that stored documents are made of. One schema per document is the source of its
 * TypeScript type, of its MongoDB validator and of its page in the data dictionary.
 */

/** Hostaway's ids are integers; they are stored as decimal strings. */
export const id = (what: string) => z.string().regex(/^\d+$/).describe(what);

export const text = (what: string) => z.string().describe(what);

/** A moment, in UTC. */
export const time = (what: string) => z.date().describe(what);

/** A calendar day without a time, stored as midnight UTC. */
export const day = (what: string) => z.date().describe(`${what} A calendar day, stored as midnight UTC.`);

export const whole = (what: string) => z.int().describe(what);

export const flag = (what: string) => z.boolean().describe(what);

/** An exact decimal amount; its currency stands beside it. */
export const money = (what: string) =>
  z.instanceof(Decimal128).meta({ bsonType: "decimal", description: what });

/** ISO 4217, as Hostaway sends it. */
export const currency = () => text("ISO 4217 code, as Hostaway sends it.");

export const oneOf = <const Words extends readonly string[]>(words: Words, what: string) =>
  z.enum(words).describe(what);
