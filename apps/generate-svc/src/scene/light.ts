import { type Frame, inEllipse } from "./frame.ts";
import { type Colour, lumaAt, type Planes } from "./raster.ts";

/** How a face is lit: all a ground can be led by, since the light's colour cannot be told from skin. */
export interface FaceLight {
  /** Mean luma, 0 to 1. */
  level: number;
  /** The left half's luma less the right's, over the level, within [-0.5, 0.5]. */
  side: number;
  skin: Colour;
}

export function faceLight(image: Planes, frame: Frame): FaceLight {
  const sums = { left: 0, right: 0 };
  const counts = { left: 0, right: 0 };
  const skin: [number, number, number] = [0, 0, 0];
  for (let p = 0; p < image[0].length; p++) {
    if (inEllipse(frame, p, 26, 34) >= 1) continue;
    const half = p % frame.size < frame.size / 2 ? "left" : "right";
    sums[half] += lumaAt(image, p);
    counts[half] += 1;
    for (let c = 0; c < 3; c++) (skin[c] as number) += (image[c] as Float32Array)[p] as number;
  }
  const total = counts.left + counts.right;
  const level = (sums.left + sums.right) / total;
  const side = (sums.left / counts.left - sums.right / counts.right) / Math.max(level, 0.05);
  return {
    level,
    side: Math.min(0.5, Math.max(-0.5, side)),
    skin: [skin[0] / total, skin[1] / total, skin[2] / total],
  };
}
