/** A value this many times the others' is cut off, so that the others can be seen. */
const FAR_OUT = 4;
const ONE_IN = 10;
/** A bar that is cut off is higher than all others. */
const HEADROOM = 1.15;

/**
 * The value at which bars are cut off; null when none stands out. One in ten may stand out, such as the first
 * run, which copies everything.
 */
export function ceilingOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => b - a);
  const ordinary = sorted[Math.ceil(sorted.length / ONE_IN)] ?? 0;
  const highest = sorted.find((value) => value <= ordinary * FAR_OUT) ?? 0;
  return highest > 0 && highest < (sorted[0] ?? 0) ? roundUp(highest * HEADROOM) : null;
}

const AXIS_STEPS = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10];

/** The next number that is round enough for the end of an axis, as are its quarters. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = AXIS_STEPS.find((candidate) => candidate * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
