import { clamp, type Plane, plane } from "./raster.ts";

/**
 * Where the face stands in a generator's picture. Lengths and places in scene/ are in units of a
 * 128-unit frame with ArcFace's template at 0.75 of its width, whatever the picture's own pixels.
 */
export interface Frame {
  /** Side of the picture, pixels. */
  size: number;
  /** Pixels a unit. */
  unit: number;
}

/** Side at which what is soft is worked out: grounds, glow, colour. */
export const COARSE = 64;

/**
 * @param size a multiple of {@link COARSE}
 * @param scale width of ArcFace's 112-pixel template within the picture's, 0 to 1
 */
export function createFrame(size: number, scale: number): Frame {
  if (size % COARSE !== 0) throw new Error(`a picture's side is a multiple of ${COARSE}: ${size}`);
  return { size, unit: (size * scale) / 96 };
}

/** The same frame of {@link COARSE} pixels. */
export const coarse = ({ size, unit }: Frame): Frame => ({
  size: COARSE,
  unit: (unit * COARSE) / size,
});

/** Units from the left edge, and from the top, of a pixel's middle; `at` counts pixels. */
export const place = ({ size, unit }: Frame, at: number) => 64 + (at + 0.5 - size / 2) / unit;

/** The row of pixels that `y` units fall in; the first, or one past the last, where that is outside the picture. */
export const rowOf = ({ size, unit }: Frame, y: number) =>
  clamp(Math.floor((y - 64) * unit + size / 2), 0, size);

/** Where ArcFace's 112 x 112 template lies in the picture, pixels. */
export function faceSquare({ size, unit }: Frame) {
  const side = Math.round(96 * unit);
  const start = Math.round((size - side) / 2);
  return { left: start, top: start, width: side, height: side };
}

const ellipses = new Map<string, Plane>();

/** Below 1 within an ellipse about the face's middle, of half-axes `a` and `b` units. Kept by its arguments. */
export function ellipse(frame: Frame, a: number, b: number): Plane {
  const key = [frame.size, frame.unit, a, b].join();
  const found =
    ellipses.get(key) ??
    // In memory of its own, which a picture under way does not have.
    plane(
      frame.size,
      (x, y) => ((place(frame, x) - 64) / a) ** 2 + ((place(frame, y) - 70) / b) ** 2,
    ).slice();
  ellipses.set(key, found);
  return found;
}
