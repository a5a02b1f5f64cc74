import { normaliseRows } from "@hyperface/vectors";
import { signedPairs } from "./signed-pairs.ts";

/** Points of the root systems E6 and E7, by dimension. */
const SIZES: Record<number, number> = { 6: 72, 7: 126 };

/**
 * The first roots of E6 or E7, [count, d] for d 6 or 7: largest cosine 1 / 2, of 72 and 126 points. They are the roots of E8
 * whose last coordinates, three or two of them, are equal (Conway and Sloane 1999, chapter 4, section 8).
 * @throws RangeError where there are none of this dimension, or fewer
 */
export function rootCode(count: number, dimension: number): Float32Array {
  const size = SIZES[dimension];
  if (size === undefined || count > size) {
    throw new RangeError(`there are ${size ?? "no"} roots of dimension ${dimension}`);
  }
  const equal = 9 - dimension;
  const roots = rootsOfE8()
    .filter((root) => root.slice(-equal).every((value) => value === root[7]))
    .map((root) => [...root.slice(0, dimension - 1), Math.sqrt(equal) * (root[7] as number)]);
  return normaliseRows(Float64Array.from(roots.slice(0, count).flat()), dimension);
}

/** (+-1, +-1, 0^6) in any order, and (+-1/2)^8 with an even number of signs. */
function rootsOfE8(): number[][] {
  const roots = signedPairs(8, 1);
  for (let signs = 0; signs < 2 ** 8; signs++) {
    const root = Array.from({ length: 8 }, (_, k) => ((signs >> k) & 1 ? -0.5 : 0.5));
    if (root.filter((value) => value < 0).length % 2 === 0) roots.push(root);
  }
  return roots;
}
