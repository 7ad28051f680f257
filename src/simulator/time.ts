import { DAY_MS, HOUR_MS } from "../domain/time.ts";

export function floorTo(unit: number, ms: number): number {
  return Math.floor(ms / unit) * unit;
}

/** A moment as Hostaway writes it: UTC without a zone (documentation, "Dates and times"). */
export function utcText(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

export function utcTextOrNull(ms: number | null): string | null {
  return ms === null ? null : utcText(ms);
}

export function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const formatters = new Map<string, Intl.DateTimeFormat | null>();

function formatter(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = makeFormatter(zone);
  formatters.set(zone, made);
  return made;
}

function makeFormatter(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
  } catch {
    return null;
  }
}

export function isZone(name: string | null): name is string {
  return name !== null && formatter(name) !== null;
}

/** Local time in a zone, as `YYYY-MM-DDTHH:mm:ss`; null for a zone that does not exist. */
export function wallClockText(zone: string, ms: number): string | null {
  return formatter(zone)?.format(ms).replace(" ", "T") ?? null;
}

const offsets = new Map<string, number>();

/** Looked up once per zone and day, so hours around a clock change may be off; good enough for planning. */
function approximateOffset(zone: string, ms: number): number {
  const day = floorTo(DAY_MS, ms);
  const key = `${zone}${day}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const local = wallClockText(zone, day + 12 * HOUR_MS);
  const offset = local === null ? 0 : Date.parse(`${local}Z`) - (day + 12 * HOUR_MS);
  if (offsets.size > 20_000) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

/** The moment when the clocks of `zone` show `hour` on the given day. */
export function momentAt(zone: string, day: number, hour: number): number {
  return day + hour * HOUR_MS - approximateOffset(zone, day);
}
