/**
 * Elementary functions of sums, products, quotients and square roots alone, which ECMAScript defines to the
 * last bit (IEEE 754 binary64). `Math.log`, `Math.exp`, `Math.cos` and `Math.sin` are left to each engine:
 * random numbers that leaned on them would differ between versions of Node. Each is right to 2 ulp or so.
 */

const LN2 = Math.LN2;

/** The sum of c_k x^k by Horner's rule. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + (coefficients[k] as number);
  return sum;
}

/** 1 / (2 k + 1): artanh(s) = s (1 + s^2 / 3 + s^4 / 5 + ...). */
const ARTANH = Array.from({ length: 12 }, (_, k) => 1 / (2 * k + 1));

/** `first`, and each next one the last divided by `divisor(k)`: the coefficients of a Taylor series. */
function taylor(length: number, divisor: (k: number) => number): number[] {
  const coefficients = [1];
  for (let k = 1; k < length; k++) coefficients.push((coefficients[k - 1] as number) / divisor(k));
  return coefficients;
}
const EXP = taylor(16, (k) => k);
const COS = taylor(9, (k) => -(2 * k - 1) * (2 * k));
const SIN = taylor(9, (k) => -(2 * k) * (2 * k + 1));

/** Natural logarithm of a positive, finite, normal number. */
export function exactLog(x: number): number {
  let exponent = 0;
  let mantissa = x;
  for (; mantissa > Math.SQRT2; mantissa /= 2) exponent++;
  for (; mantissa < Math.SQRT1_2; mantissa *= 2) exponent--;
  const s = (mantissa - 1) / (mantissa + 1);
  return exponent * LN2 + 2 * s * polynomial(ARTANH, s * s);
}

/** e^x for |x| up to 700. */
export function exactExp(x: number): number {
  const exponent = Math.round(x / LN2);
  let value = polynomial(EXP, x - exponent * LN2);
  for (let k = 0; k < exponent; k++) value *= 2;
  for (let k = 0; k > exponent; k--) value /= 2;
  return value;
}

/** [cos, sin] of an angle given in turns, from 0 to 1. */
export function cosSinOfTurn(turns: number): [cos: number, sin: number] {
  // The nearest multiple of a quarter turn, and what is left, within an eighth: both are exact.
  const quarter = Math.round(4 * turns);
  const angle = 2 * Math.PI * (turns - quarter / 4);
  const square = angle * angle;
  const cos = polynomial(COS, square);
  const sin = angle * polynomial(SIN, square);
  const turned = [
    [cos, sin],
    [-sin, cos],
    [-cos, -sin],
    [sin, -cos],
  ] as const;
  return [...(turned[quarter % 4] as (typeof turned)[0])];
}
