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

/** @param scale width of ArcFace's 112-pixel template within the picture's, 0 to 1 */
export const createFrame = (size: number, scale: number): Frame => ({
  size,
  unit: (size * scale) / 96,
});

export const columnOf = ({ size, unit }: Frame, p: number) =>
  64 + ((p % size) + 0.5 - size / 2) / unit;
export const rowOf = ({ size, unit }: Frame, p: number) =>
  64 + (Math.floor(p / size) + 0.5 - size / 2) / unit;

/** Below 1 within an ellipse about the face's middle, of half-axes `a` and `b` units. */
export const inEllipse = (frame: Frame, p: number, a: number, b: number) =>
  ((columnOf(frame, p) - 64) / a) ** 2 + ((rowOf(frame, p) - 70) / b) ** 2;
