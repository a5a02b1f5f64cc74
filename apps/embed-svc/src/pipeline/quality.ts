import { ALIGNED_SIDE, type FaceQuality } from "@hyperface/contracts";
import { distanceToTemplate, fitSimilarity, TEMPLATE } from "./align.ts";
import type { Point } from "./pixels.ts";

/** Where a figure alone lets half of an identity's cosine through, and how steeply. */
const HALF = { size: { at: 24, power: 3.5 }, sharpness: { at: 1.9, power: 2.55 } };

/**
 * How near an embedding can be to that of the same face seen well: about the cosine of the two, by what was measured on
 * ten synthetic portraits made smaller (frames of 14 to 90 pixels) and blurred. Norm and landmark fit told
 * nothing there: they are reported, and have no part in the value.
 * @param aligned interleaved RGB, [112, 112, 3] in 0 to 255
 * @param size side of the aligned frame in the source, pixels
 * @param norm length of the embedding as the network gives it
 * @param landmarks null where the face was given as aligned
 */
export function judgeQuality(
  aligned: Float32Array,
  { size, norm, landmarks }: { size: number; norm: number; landmarks: readonly Point[] | null },
): FaceQuality {
  const sharpness = sharpnessOf(aligned);
  const landmarkFit = landmarks && landmarkDistance(landmarks);
  const value = share(size, HALF.size) * share(sharpness, HALF.sharpness);
  return { value, size, sharpness, norm, landmarkFit };
}

const share = (figure: number, { at, power }: { at: number; power: number }) =>
  figure > 0 ? 1 / (1 + (at / figure) ** power) : 0;

/** Side of the square in the source that is brought to the aligned frame, pixels. */
export function frameSize(landmarks: readonly Point[]): number {
  const { a, b } = fitSimilarity(TEMPLATE, landmarks);
  return ALIGNED_SIDE * Math.hypot(a, b);
}

/** Standard deviation of the luminance's Laplacian, over the middle of the frame. */
function sharpnessOf(aligned: Float32Array): number {
  const grey = new Float32Array(ALIGNED_SIDE ** 2);
  for (let i = 0; i < grey.length; i++) {
    const red = aligned[3 * i] as number;
    const green = aligned[3 * i + 1] as number;
    const blue = aligned[3 * i + 2] as number;
    grey[i] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  const at = (x: number, y: number) => grey[y * ALIGNED_SIDE + x] as number;
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 16; y < ALIGNED_SIDE - 16; y++) {
    for (let x = 16; x < ALIGNED_SIDE - 16; x++) {
      const laplacian = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y);
      sum += laplacian;
      squares += laplacian ** 2;
      count++;
    }
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

/** How far landmarks are from the template's, once fitted to it, pixels of the aligned frame. */
function landmarkDistance(landmarks: readonly Point[]): number {
  const { a, b, c, d } = fitSimilarity(landmarks, TEMPLATE);
  return distanceToTemplate(landmarks.map(([x, y]) => [a * x - b * y + c, b * x + a * y + d]));
}
