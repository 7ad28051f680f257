import type { z } from "zod";

/** Null for a value that the schema refuses, and for a missing one. */
export const lenient = <S extends z.ZodType>(schema: S) =>
  schema
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);
