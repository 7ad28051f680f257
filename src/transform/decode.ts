import type { z } from "zod";
import { err, ok, type Result } from "../domain/result.ts";

/** Parses one raw record. An error names the paths of bad fields, never their values. */
export function decode<S extends z.ZodType>(schema: S, raw: unknown): Result<z.output<S>, string> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return ok(parsed.data);
  const reasons = parsed.error.issues.map((issue) => {
    const path = issue.path.join(".") || "(record)";
    return `${path}: ${isMissing(raw, issue.path[0]) ? "missing" : issue.message}`;
  });
  return err(reasons.join("; "));
}

function isMissing(raw: unknown, key: PropertyKey | undefined): boolean {
  return (
    key !== undefined &&
    typeof raw === "object" &&
    raw !== null &&
    (Reflect.get(raw, key) === undefined || Reflect.get(raw, key) === null)
  );
}

/** The id of any raw record, for error messages. */
export function rawId(raw: unknown): string | null {
  if (typeof raw !== "object" || raw === null || !("id" in raw)) return null;
  const { id } = raw;
  return typeof id === "number" || typeof id === "string" ? String(id).slice(0, 40) : null;
}
