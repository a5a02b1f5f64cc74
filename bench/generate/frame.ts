import { fitSimilarity } from "@hyperface/embed-svc/align";
import { type Point, warp } from "@hyperface/embed-svc/pixels";
import sharp from "sharp";
import { FRAME_SIDE, TEMPLATE } from "../templates.ts";

/**
 * The frame that the generator is trained to draw, cut from a photograph as training/align.py does:
 * bilinear, mirrored beyond the photograph's edge.
 * @param landmarks five, in the photograph's pixels
 * @returns PNG, 128 x 128
 */
export async function cutFrame(bytes: Uint8Array, landmarks: readonly Point[]) {
  const upright = await sharp(bytes).autoOrient().toColourspace("srgb").removeAlpha().toBuffer();
  const { width, height } = await sharp(upright).metadata();
  const border = Math.min(width, height);
  const { data, info } = await sharp(upright)
    .extend({ top: border, bottom: border, left: border, right: border, extendWith: "mirror" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const moved = landmarks.map(([x, y]): Point => [x + border, y + border]);
  const square = warp({ ...info, data }, fitSimilarity(TEMPLATE.frame, moved), FRAME_SIDE);
  const raw = { width: FRAME_SIDE, height: FRAME_SIDE, channels: 3 as const };
  return sharp(Uint8Array.from(square, Math.round), { raw }).png().toBuffer();
}
