import { goldCode } from "./gold.ts";
import { kerdockCode } from "./kerdock.ts";
import { leechCode } from "./leech.ts";
import { rootCode } from "./roots.ts";

/**
 * The first points of the algebraic code of a dimension, [count, d]: of 2^m Gold's for odd m and Kerdock's for even m; of 21 to 24
 * what the Leech lattice has; of 6 and 7 the roots of E6 and E7.
 * @throws RangeError where there is no code of this dimension, or it has fewer points
 */
export function algebraicCode(count: number, dimension: number): Float32Array {
  if (dimension > 20 && dimension < 25) return leechCode(count, dimension);
  if (dimension === 6 || dimension === 7) return rootCode(count, dimension);
  return Math.log2(dimension) % 2 === 1
    ? goldCode(count, dimension)
    : kerdockCode(count, dimension);
}
