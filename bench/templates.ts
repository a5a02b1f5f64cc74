import { TEMPLATE as ARCFACE } from "@hyperface/embed-svc/align";
import type { Point } from "@hyperface/embed-svc/pixels";

export const FRAME_SIDE = 128;
/** Side of a face as the third judge takes it. */
export const CHIP_SIDE = 150;
/** Side of a face as the miniature recogniser is shown it: ArcFace's crop is the middle 64. */
export const CANVAS_SIDE = 80;
/** Side of a face whose light is measured. */
export const THUMB_SIDE = 32;

/** Five landmarks in squares of other sizes and margins. */
export const TEMPLATE = {
  /** The generator's frame: ArcFace's crop with a third more around it. */
  frame: ARCFACE.map(([x, y]): Point => [frame(x), frame(y)]),
  /** dlib's chip, in terms of ArcFace's template: 98.5 pixels of it from (6.7, 22.8). */
  chip: ARCFACE.map(
    ([x, y]): Point => [((x - 6.7) * CHIP_SIDE) / 98.5, ((y - 22.8) * CHIP_SIDE) / 98.5],
  ),
  canvas: ARCFACE.map(([x, y]): Point => [(x * 64) / 112 + 8, (y * 64) / 112 + 8]),
  thumb: ARCFACE.map(([x, y]): Point => [(x * THUMB_SIDE) / 112, (y * THUMB_SIDE) / 112]),
};

function frame(position: number): number {
  return (((position - 56) * 0.75 + 56) * FRAME_SIDE) / 112;
}
