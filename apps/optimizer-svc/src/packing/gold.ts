/** Polynomials that generate GF(2^m), by m: the bits of their coefficients. */
const PRIMITIVE: Record<number, number> = {
  3: 0b1011,
  5: 0b100101,
  7: 0b10000011,
  9: 0b1000010001,
  11: 0b100000000101,
};

/**
 * Points of a Gold code (Gold 1967), [count, d] with d = 2^m, m odd: the words +-(-1)^Tr(a x^3 + b x) / sqrt(d) for
 * a and b in GF(d), x running over GF(d). Two that are not antipodes have cosine 0 or +-sqrt(2 / d).
 * The first d^2 have no antipodes among them.
 * @throws RangeError where there is no code of this dimension, or it has fewer points
 */
export function goldCode(count: number, dimension: number): Float32Array {
  const m = Math.log2(dimension);
  const polynomial = PRIMITIVE[m];
  if (!polynomial) throw new RangeError(`there is no Gold code of dimension ${dimension}`);
  if (count > 2 * dimension ** 2) {
    throw new RangeError(
      `the Gold code of dimension ${dimension} has ${2 * dimension ** 2} points`,
    );
  }
  const multiply = (a: number, b: number) => multiplyIn(m, polynomial, a, b);
  const elements = Array.from({ length: dimension }, (_, x) => x);
  const cubes = elements.map((x) => multiply(x, multiply(x, x)));
  // Tr(c y) is linear in c: the parity of c's bits with those of a mask of y.
  const mask = (y: number) => maskOf(m, multiply, y);
  const linear = Int32Array.from(elements, mask);
  const cubic = Int32Array.from(cubes, mask);
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

/** Product in GF(2^m). */
function multiplyIn(m: number, polynomial: number, a: number, b: number): number {
  let product = 0;
  for (let k = m - 1; k >= 0; k--) {
    product <<= 1;
    if (product >> m) product ^= polynomial;
    if ((b >> k) & 1) product ^= a;
  }
  return product;
}

/** Bits k where Tr(2^k y) is 1, as a mask. */
function maskOf(m: number, multiply: (a: number, b: number) => number, y: number): number {
  let mask = 0;
  for (let k = 0; k < m; k++) {
    let power = multiply(1 << k, y);
    let trace = 0;
    for (let j = 0; j < m; j++) {
      trace ^= power;
      power = multiply(power, power);
    }
    mask |= (trace & 1) << k;
  }
  return mask;
}

function onesIn(bits: number): number {
  let ones = 0;
  for (let rest = bits; rest; rest &= rest - 1) ones++;
  return ones;
}
