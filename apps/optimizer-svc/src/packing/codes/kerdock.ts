import { binaryField, onesIn } from "./binary-field.ts";

/** Points of the Kerdock code of a dimension. */
export const kerdockSize = (dimension: number): number => dimension ** 2 + 2 * dimension;

/**
 * Points of a Kerdock code (Kerdock 1972; MacWilliams and Sloane 1977, chapter 15, section 5), [count, d] with d = 2^m, m even:
 * d / 2 + 1 orthonormal bases and their negatives. Two points that are not antipodes have cosine 0, of one basis, or
 * +-1 / sqrt(d), of two. Nothing of as many points has a smaller largest cosine.
 * One basis is the usual one. The others, one for each a in GF(2^(m - 1)), are (-1)^(Q_a(y, e) + Tr(b y) + c e) / sqrt(d)
 * over y in GF(2^(m - 1)) and e in {0, 1}, with Q_a(y, e) = sum_j Tr((a y)^(2^j + 1)) + e Tr(a y), j from 1 to (m - 2) / 2.
 * The first half has no antipodes.
 * @throws RangeError where there is no code of this dimension, or it has fewer points
 */
export function kerdockCode(count: number, dimension: number): Float32Array {
  const m = Math.log2(dimension);
  const half = dimension / 2;
  if (!Number.isInteger(half) || m % 2 !== 0) {
    throw new RangeError(`there is no Kerdock code of dimension ${dimension}`);
  }
  if (count > kerdockSize(dimension)) {
    const size = kerdockSize(dimension);
    throw new RangeError(`the Kerdock code of dimension ${dimension} has ${size} points`);
  }
  const field = binaryField(m - 1);
  const elements = Array.from({ length: half }, (_, y) => y);
  const linear = Int32Array.from(elements, field.traceMask);
  const quadratic = Uint8Array.from(elements, (y) => quadraticOf(field, y, (m - 2) / 2));
  const trace = Uint8Array.from(elements, field.trace);
  const scale = 1 / Math.sqrt(dimension);
  const points = new Float32Array(count * dimension);
  const words = dimension * half;
  for (let i = 0; i < count; i++) {
    const k = i % (words + dimension);
    const sign = i === k ? 1 : -1;
    const point = points.subarray(i * dimension, (i + 1) * dimension);
    if (k >= words) {
      point[k - words] = sign;
      continue;
    }
    const a = Math.floor(k / dimension);
    const b = k % half;
    const c = Math.floor(k / half) % 2;
    for (let y = 0; y < half; y++) {
      const ay = field.multiply(a, y);
      const bits = (quadratic[ay] as number) ^ (onesIn(b & (linear[y] as number)) & 1);
      point[y] = bits ? -sign * scale : sign * scale;
      point[half + y] = bits ^ (trace[ay] as number) ^ c ? -sign * scale : sign * scale;
    }
  }
  return points;
}

/** sum_j Tr(z^(2^j + 1)), j from 1 to `terms`: 0 or 1. */
function quadraticOf(
  { multiply, trace }: ReturnType<typeof binaryField>,
  z: number,
  terms: number,
): number {
  let sum = 0;
  for (let j = 1, power = multiply(z, z); j <= terms; j++, power = multiply(power, power)) {
    sum ^= trace(multiply(power, z));
  }
  return sum;
}
