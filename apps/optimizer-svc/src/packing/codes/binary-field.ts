/** Polynomials that generate GF(2^m), by m: the bits of their coefficients. */
const PRIMITIVE: Record<number, number> = {
  3: 0b1011,
  5: 0b100101,
  7: 0b10000011,
  9: 0b1000010001,
  11: 0b100000000101,
};

/**
 * GF(2^m), its elements as the bits of polynomials, for odd m from 3 to 11.
 * @throws RangeError for another m
 */
export function binaryField(m: number) {
  const polynomial = PRIMITIVE[m];
  if (!polynomial) throw new RangeError(`there is no table for GF(2^${m})`);
  const multiply = (a: number, b: number) => multiplyIn(m, polynomial, a, b);
  const trace = (y: number) => {
    let sum = 0;
    for (let j = 0, power = y; j < m; j++, power = multiply(power, power)) sum ^= power;
    return sum & 1;
  };
  return {
    multiply,
    /** The absolute trace, 0 or 1. */
    trace,
    /** Tr(c y) is linear in c: the parity of c's bits with those of this mask of y. */
    traceMask(y: number) {
      let mask = 0;
      for (let k = 0; k < m; k++) mask |= trace(multiply(1 << k, y)) << k;
      return mask;
    },
  };
}

function multiplyIn(m: number, polynomial: number, a: number, b: number): number {
  let product = 0;
  for (let k = m - 1; k >= 0; k--) {
    product <<= 1;
    if (product >> m) product ^= polynomial;
    if ((b >> k) & 1) product ^= a;
  }
  return product;
}

export function onesIn(bits: number): number {
  let ones = 0;
  for (let rest = bits; rest; rest &= rest - 1) ones++;
  return ones;
}
