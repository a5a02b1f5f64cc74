import { ALIGNED_SIDE } from "@hyperface/contracts";
import { type Pixels, type Point, type Similarity, warp } from "./pixels.ts";

/** Where ArcFace's 112 x 112 template has the five landmarks. */
export const TEMPLATE: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

export interface AlignmentOptions {
  /** Side of the aligned square, pixels. */
  size?: number;
  /** Below 1: the face takes this share of ArcFace's frame, with a margin around it. */
  scale?: number;
}

/**
 * The face of five landmarks, brought to ArcFace's template by the least-squares similarity.
 * @returns interleaved RGB, not rounded, [size, size, 3]
 */
export function alignFace(
  image: Pixels,
  landmarks: readonly Point[],
  { size = ALIGNED_SIDE, scale = 1 }: AlignmentOptions = {},
): Float32Array {
  const middle = ALIGNED_SIDE / 2;
  const unit = size / ALIGNED_SIDE;
  const target = TEMPLATE.map(
    ([x, y]): Point => [
      ((x - middle) * scale + middle) * unit,
      ((y - middle) * scale + middle) * unit,
    ],
  );
  // Least squares in the template's pixels, as ArcFace's own alignment has it; not in those of the image.
  const toSource = invert(fitSimilarity(landmarks, target));
  const zoom = Math.hypot(toSource.a, toSource.b);
  return warp(image, toSource, size, Math.min(4, Math.max(1, Math.round(zoom))));
}

/** The similarity that takes `from` to `to` with the least sum of squares (Umeyama 1991, in the plane). */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const [fx, fy] = centre(from);
  const [tx, ty] = centre(to);
  let along = 0;
  let across = 0;
  let square = 0;
  for (const [i, [x, y]] of from.entries()) {
    const [u, v] = to[i] as Point;
    along += (x - fx) * (u - tx) + (y - fy) * (v - ty);
    across += (x - fx) * (v - ty) - (y - fy) * (u - tx);
    square += (x - fx) ** 2 + (y - fy) ** 2;
  }
  const a = along / square;
  const b = across / square;
  return { a, b, c: tx - a * fx + b * fy, d: ty - b * fx - a * fy };
}

function invert({ a, b, c, d }: Similarity): Similarity {
  const square = a * a + b * b;
  const [p, q] = [a / square, -b / square];
  return { a: p, b: q, c: -(p * c - q * d), d: -(q * c + p * d) };
}

const centre = (points: readonly Point[]): Point => [
  points.reduce((sum, [x]) => sum + x, 0) / points.length,
  points.reduce((sum, [, y]) => sum + y, 0) / points.length,
];

/** Root mean square distance of five points from the template's, all in its pixels. */
export function distanceToTemplate(points: readonly Point[]): number {
  const squares = TEMPLATE.map(([u, v], k) => {
    const [x, y] = points[k] as Point;
    return (x - u) ** 2 + (y - v) ** 2;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / TEMPLATE.length);
}
