/** Digits, and how many of them stand behind the decimal point; negative when noughts are missing at the end. */
interface DecimalParts {
  readonly digits: bigint;
  readonly scale: number;
}

/** The text of a Decimal128: plain, scientific, or not a number. */
const DECIMAL_TEXT = /^(-?\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/;

function partsOfDecimal(text: string): DecimalParts | null {
  const match = DECIMAL_TEXT.exec(text);
  if (!match) return null;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  return { digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

/** In plain digits, never scientific: every reader takes `0.0000001`, not every one `1E-7`. */
export function toPlainAmount(amount: { toString(): string } | null | undefined): string | null {
  if (!amount) return null;
  const text = String(amount);
  const parsed = partsOfDecimal(text);
  if (!parsed) return text;
  const { digits, scale } = parsed;
  if (scale <= 0) return String(digits * 10n ** BigInt(-scale));
  const padded = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const sign = text.startsWith("-") ? "-" : "";
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** An amount as a whole number of its smallest units. */
export interface Scaled {
  readonly units: bigint;
  /** Whether nothing was rounded. */
  readonly exact: boolean;
}

/** The amount in units of ten to the minus `scale`, rounded half away from zero; null when it is no number. */
export function toScaled(text: string, scale: number): Scaled | null {
  const amount = partsOfDecimal(text);
  if (!amount) return null;
  const excess = amount.scale - scale;
  if (excess <= 0) return { units: amount.digits * 10n ** BigInt(-excess), exact: true };
  const divisor = 10n ** BigInt(excess);
  const half = amount.digits < 0n ? -divisor / 2n : divisor / 2n;
  return { units: (amount.digits + half) / divisor, exact: amount.digits % divisor === 0n };
}
