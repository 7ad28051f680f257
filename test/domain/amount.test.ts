import { expect, test } from "@jest/globals";
import { Decimal128 } from "bson";
import fc from "fast-check";
import { toPlainAmount, toScaled } from "../../src/domain/amount.ts";

test.each([
  ["1234.50", "1234.50"],
  ["0", "0"],
  ["-12.5", "-12.5"],
  ["-0.05", "-0.05"],
  ["1E+3", "1000"],
  ["1.5E+1", "15"],
  ["1E-7", "0.0000001"],
  ["-2.5E-7", "-0.00000025"],
  ["NaN", "NaN"],
  ["Infinity", "Infinity"],
])("%s is written as %s", (amount, plain) => {
  expect(toPlainAmount(Decimal128.fromString(amount))).toBe(plain);
});

test("no amount changes by being written plainly, and none is written otherwise", () => {
  const amount = fc.tuple(
    fc.bigInt({ min: -(10n ** 33n), max: 10n ** 33n }),
    fc.integer({ min: -60, max: 60 }),
  );
  fc.assert(
    fc.property(amount, ([digits, exponent]) => {
      const plain = toPlainAmount(Decimal128.fromString(`${digits}E${exponent}`)) ?? "";

      expect(plain).toMatch(/^-?\d+(\.\d+)?$/);
      expect(toScaled(plain, 60)).toEqual({ units: digits * 10n ** BigInt(exponent + 60), exact: true });
    }),
  );
});

test.each([
  ["1234.5", 12_345_000n, true],
  ["0.12345", 1_235n, false],
  ["0.12344", 1_234n, false],
  ["-0.12345", -1_235n, false],
  ["412.40000000000003", 4_124_000n, false],
  ["7.00000", 70_000n, true],
])("%s has %s ten-thousandths", (amount, units, exact) => {
  expect(toScaled(amount, 4)).toEqual({ units, exact });
});

test("what is no number has no units", () => {
  expect(toScaled("NaN", 4)).toBeNull();
});
