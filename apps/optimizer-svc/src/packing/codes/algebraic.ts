import { goldCode } from "./gold.ts";
import { kerdockCode } from "./kerdock.ts";

/**
 * The first points of the algebraic code of a dimension 2^m, [count, d]: Gold's for odd m, Kerdock's for even m.
 * @throws RangeError where there is no code of this dimension, or it has fewer points
 */
export const algebraicCode = (count: number, dimension: number): Float32Array =>
  Math.log2(dimension) % 2 === 1 ? goldCode(count, dimension) : kerdockCode(count, dimension);
