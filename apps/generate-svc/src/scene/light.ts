import { ellipse, type Frame } from "./frame.ts";
import { type Colour, clamp, luma, type Planes } from "./raster.ts";

/** How a face is lit: all a ground can be led by, since the light's colour cannot be told from skin. */
export interface FaceLight {
  /** Mean luma, 0 to 1. */
  level: number;
  /** The left half's luma less the right's, over the level, within [-0.5, 0.5]. */
  side: number;
  skin: Colour;
}

export function faceLight([r, g, b]: Planes, frame: Frame): FaceLight {
  const face = ellipse(frame, 26, 34);
  const { size } = frame;
  let [left, count, red, green, blue] = [0, 0, 0, 0, 0];
  for (let y = 0, p = 0; y < size; y++) {
    for (let x = 0; x < size; x++, p++) {
      if ((face[p] as number) >= 1) continue;
      count += 1;
      red += r[p] as number;
      green += g[p] as number;
      blue += b[p] as number;
      if (x < size / 2) left += luma(r[p] as number, g[p] as number, b[p] as number);
    }
  }
  const skin: Colour = [red / count, green / count, blue / count];
  const level = luma(...skin);
  // The ellipse is the same left and right of the middle.
  const side = (4 * left) / count / Math.max(level, 0.05) - (2 * level) / Math.max(level, 0.05);
  return { level, side: clamp(side, -0.5, 0.5), skin };
}
