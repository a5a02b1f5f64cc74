import { fitSimilarity } from "@hyperface/embed-svc/align";
import { type Point, warp } from "@hyperface/embed-svc/pixels";
import sharp from "sharp";
import { luminance } from "../luminance.ts";
import { CANVAS_SIDE, FRAME_SIDE, TEMPLATE } from "../templates.ts";

/** Canvas of a generated image: where the generator puts faces is where they are. */
export async function canvasOfFrame(file: Uint8Array): Promise<Uint8Array> {
  const { width } = await sharp(file).metadata();
  const zoom = width / FRAME_SIDE;
  return canvas(
    file,
    TEMPLATE.frame.map(([x, y]): Point => [x * zoom, y * zoom]),
  );
}

/**
 * A face as the miniature recogniser is shown it.
 * @param landmarks five, in the image's pixels
 * @returns luminance, [80, 80]
 */
export async function canvas(file: Uint8Array, landmarks: readonly Point[]): Promise<Uint8Array> {
  const { data, info } = await sharp(file)
    .autoOrient()
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const toImage = fitSimilarity(TEMPLATE.canvas, landmarks);
  const zoom = Math.hypot(toImage.a, toImage.b);
  const samples = Math.min(4, Math.max(1, Math.round(zoom)));
  const square = warp({ ...info, data }, toImage, CANVAS_SIDE, samples);
  return Uint8Array.from(luminance({ data: square }), Math.round);
}
