import type { Colors } from "./colors.ts";
import { formatCount, formatDuration } from "./numbers.ts";
import { countOf } from "./phrases.ts";

interface Cost {
  readonly conversations: number;
  readonly calls: number;
  readonly ms: number;
}

/** The expected cost, shown before the backfill starts. */
export function renderBackfillCost(
  { conversations, calls, ms }: Cost,
  { limit, windowMs }: { readonly limit: number; readonly windowMs: number },
  colors: Colors,
): string {
  const rate = `${formatCount(limit)} calls per ${windowMs / 1_000} s`;
  return `  About ${countOf(conversations, "conversation")}, ${countOf(calls, "API call")}, at least ${formatDuration(ms)} ${colors.dim(`(at ${rate})`)}`;
}
