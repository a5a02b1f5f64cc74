import type { Rows } from "@hyperface/vectors";
import type { PackingState } from "./solver.ts";

const MOMENTUM = 0.85;
/** Longest force of a point near a gallery, in root mean squares of all. */
const LONGEST = 2;

/** Takes a force's parts along its points out, in place. @returns the mean over points of its squared length */
export function project({ data, dimension: d }: Rows, force: Float32Array): number {
  let square = 0;
  for (let p = 0; p < data.length; p += d) {
    let radial = 0;
    for (let k = p; k < p + d; k++) radial += (force[k] as number) * (data[k] as number);
    for (let k = p; k < p + d; k++) {
      const value = (force[k] as number) - radial * (data[k] as number);
      force[k] = value;
      square += value * value;
    }
  }
  return square / (data.length / d);
}

/**
 * With a gallery, no force is longer than LONGEST root mean squares, in place: a few points that have come close, whose forces
 * are many times those of the others, would take the step of all and be thrown at others in turn.
 * @returns the mean over points of its squared length
 */
export function shorten(force: Float32Array, d: number, meanSquare: number, alpha: number): number {
  if (alpha === 0) return meanSquare;
  const limit = LONGEST ** 2 * meanSquare;
  let sum = 0;
  for (let p = 0; p < force.length; p += d) {
    let square = 0;
    for (let k = p; k < p + d; k++) square += (force[k] as number) ** 2;
    sum += Math.min(square, limit);
    if (square <= limit) continue;
    const share = Math.sqrt(limit / square);
    for (let k = p; k < p + d; k++) force[k] = share * (force[k] as number);
  }
  return sum / (force.length / d);
}

/** V <- momentum V - eta G / rms(G); X <- normalise(X + V); V onto the new tangent spaces. */
export function move(
  { tensors, scalars, iteration }: PackingState,
  { data: points, dimension: d }: Rows,
  { force, meanSquare }: { force: Float32Array; meanSquare: number },
  eta: number,
): void {
  const velocity = tensors.velocity as Float32Array;
  scalars.squaredForce = MOMENTUM * (scalars.squaredForce as number) + (1 - MOMENTUM) * meanSquare;
  const corrected = scalars.squaredForce / (1 - MOMENTUM ** (iteration + 1));
  const rate = corrected > 0 ? eta / Math.sqrt(corrected) : 0;
  for (let p = 0; p < points.length; p += d) {
    let square = 0;
    let along = 0;
    for (let k = p; k < p + d; k++) {
      const v = MOMENTUM * (velocity[k] as number) - rate * (force[k] as number);
      // Rounded first, so that the length divided by is that of what is stored and lengths do not drift.
      const x = Math.fround((points[k] as number) + v);
      velocity[k] = v;
      points[k] = x;
      square += x * x;
      along += x * v;
    }
    const scale = 1 / Math.sqrt(square);
    const radial = along * scale;
    for (let k = p; k < p + d; k++) {
      const x = (points[k] as number) * scale;
      points[k] = x;
      velocity[k] = (velocity[k] as number) - radial * x;
    }
  }
}
