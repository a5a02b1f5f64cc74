import type { Matrices } from "./matrices.ts";

/** Plain loops in float64. */
export const plainMatrices: Matrices = {
  async gram(a, d) {
    const gram = new Float64Array(d * d);
    for (let p = 0; p < a.length; p += d) {
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) {
          const product = (a[p + i] as number) * (a[p + j] as number);
          gram[i * d + j] = (gram[i * d + j] as number) + product;
        }
      }
    }
    return Float32Array.from(gram);
  },
  async times(a, b, d) {
    return Float32Array.from(product(a, b, d));
  },
  async inverseFourthRoot(a, d) {
    let m = Float64Array.from(a);
    let x = Float64Array.from(a, (_, k) => (k % (d + 1) === 0 ? 1 : 0));
    for (let step = 0; step < 40; step++) {
      const t = m.map((value, k) => (k % (d + 1) === 0 ? 1.25 : 0) - value / 4);
      x = product(x, t, d);
      const square = product(t, t, d);
      m = product(product(square, square, d), m, d);
    }
    return Float32Array.from(x);
  },
};

function product(a: ArrayLike<number>, b: ArrayLike<number>, d: number): Float64Array<ArrayBuffer> {
  const found = new Float64Array(a.length);
  for (let p = 0; p < a.length; p += d) {
    for (let k = 0; k < d; k++) {
      const value = a[p + k] as number;
      for (let j = 0; j < d; j++) {
        found[p + j] = (found[p + j] as number) + value * (b[k * d + j] as number);
      }
    }
  }
  return found;
}
