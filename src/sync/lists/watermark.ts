import { DAY_MS } from "../../domain/time.ts";

/** A feed is read again this far behind its watermark: for clocks that differ, and changes that appear late. */
const LOOKBACK_MS = DAY_MS;

/** The moment from which a feed is read again; null, which means all of it, where the watermark cannot be right. */
export function horizonOf(watermark: Date | null, now: Date): Date | null {
  return watermark === null || watermark.getTime() > now.getTime() + DAY_MS
    ? null
    : new Date(watermark.getTime() - LOOKBACK_MS);
}

/**
 * The newest change of the feed that lies in the past. So neither a clock that runs years ahead, Hostaway's or ours, nor
 * a change dated in the future can make the next run skip changes that are still to come.
 */
export function nextWatermark(watermark: Date | null, newest: Date | null, now: Date): Date | null {
  const trusted = watermark !== null && watermark <= now ? watermark : null;
  return later(trusted, newest);
}

export function later(a: Date | null, b: Date | null): Date | null {
  return a !== null && (b === null || a > b) ? a : b;
}

/** The newest change among some documents; dates in the future do not count. */
export function newestChange(
  documents: readonly { readonly source_updated_at: Date | null }[],
  now: Date,
): Date | null {
  return documents.reduce<Date | null>(
    (newest, { source_updated_at: time }) => (time !== null && time > now ? newest : later(time, newest)),
    null,
  );
}
