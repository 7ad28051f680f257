/** Numbers in [0, 1), the same ones for the same seed. */
export type Random = () => number;

/** Mixes any number of integers into one 32-bit hash (the finaliser of MurmurHash3 over each part). */
export function hash(...parts: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const part of parts) {
    h = Math.imul(h ^ (part | 0), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13) ^ Math.floor(part / 4294967296), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

/** Mulberry32: tiny, fast, and good enough for invented people. */
export function random(...seed: readonly number[]): Random {
  let state = hash(...seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An integer between `min` and `max`, both included. */
export function integer(r: Random, min: number, max: number): number {
  return min + Math.floor(r() * (max - min + 1));
}

export function chance(r: Random, probability: number): boolean {
  return r() < probability;
}

export function pick<T>(r: Random, list: readonly [T, ...T[]]): T {
  return list[Math.floor(r() * list.length)] ?? list[0];
}

/** One of the values, each as likely as its weight. */
export function weighted<T>(
  r: Random,
  choices: readonly [readonly [number, T], ...(readonly [number, T])[]],
): T {
  let total = 0;
  for (const [weight] of choices) total += weight;
  let left = r() * total;
  for (const [weight, value] of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  return choices[0][1];
}

/** Mostly near `typical`, seldom far above: waiting times and the like. */
export function skewed(r: Random, typical: number, longest: number): number {
  return Math.min(longest, typical * Math.exp(1.1 * (r() + r() + r() - 1.5) * 2));
}

export function hex(r: Random, digits: number): string {
  let text = "";
  while (text.length < digits)
    text += Math.floor(r() * 0x100000000)
      .toString(16)
      .padStart(8, "0");
  return text.slice(0, digits);
}

export function digits(r: Random, count: number): string {
  let text = "";
  for (let i = 0; i < count; i++) text += Math.floor(r() * 10);
  return text;
}

/** Replaces each `#` by a digit. */
export function fillDigits(r: Random, pattern: string): string {
  return pattern.replaceAll("#", () => String(Math.floor(r() * 10)));
}

/** Keeps the streams of different things apart: `random(seed, STREAM.thread, index)`. */
export const STREAM = {
  listing: 1,
  booking: 2,
  thread: 3,
  message: 4,
  event: 5,
  fault: 6,
  latency: 7,
  secret: 8,
} as const;
