import { binaryField, onesIn } from "./binary-field.ts";

/** Points of the Gold code of a dimension. */
const goldSize = (dimension: number): number => 2 * dimension ** 2;

/**
 * Points of a Gold code (Gold 1967), [count, d] with d = 2^m, m odd: the words +-(-1)^Tr(a x^3 + b x) / sqrt(d) for
 * a and b in GF(d), x running over GF(d). Two that are not antipodes have cosine 0 or +-sqrt(2 / d).
 * The first d^2 have no antipodes among them.
 * @throws RangeError where there is no code of this dimension, or it has fewer points
 */
export function goldCode(count: number, dimension: number): Float32Array {
  const m = Math.log2(dimension);
  if (m % 2 !== 1) throw new RangeError(`there is no Gold code of dimension ${dimension}`);
  if (count > goldSize(dimension)) {
    throw new RangeError(
      `the Gold code of dimension ${dimension} has ${goldSize(dimension)} points`,
    );
  }
  const { multiply, traceMask } = binaryField(m);
  const elements = Array.from({ length: dimension }, (_, x) => x);
  const linear = Int32Array.from(elements, traceMask);
  const cubic = Int32Array.from(elements, (x) => traceMask(multiply(x, multiply(x, x))));
  const parity = Uint8Array.from(elements, (bits) => onesIn(bits) & 1);
  const scale = 1 / Math.sqrt(dimension);
  const points = new Float32Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const a = Math.floor(i / dimension) % dimension;
    const b = i % dimension;
    const sign = i < dimension ** 2 ? scale : -scale;
    for (let x = 0; x < dimension; x++) {
      const bits = (a & (cubic[x] as number)) ^ (b & (linear[x] as number));
      points[i * dimension + x] = parity[bits] ? -sign : sign;
    }
  }
  return points;
}
