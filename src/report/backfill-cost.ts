import type { Colors } from "./colors.ts";
import { formatDuration } from "./numbers.ts";
import { countOf } from "./phrases.ts";

interface Cost {
  readonly conversations: number;
  readonly calls: number;
  readonly ms: number;
}

/** What is about to be spent, before it is. */
export function renderBackfillCost(
  { conversations, calls, ms }: Cost,
  { limit, windowMs }: { readonly limit: number; readonly windowMs: number },
  colors: Colors,
): string {
  const rate = `${limit} in ${formatDuration(windowMs)}`;
  return `  About ${countOf(conversations, "conversation")} and ${countOf(calls, "API call")}: ${formatDuration(ms)} at the least ${colors.dim(`(at ${rate})`)}`;
}
