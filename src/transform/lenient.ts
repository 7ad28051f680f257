import type { z } from "zod";

/** Null for anything the schema refuses, and for what is missing. */
export const lenient = <S extends z.ZodType>(schema: S) =>
  schema
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);
