import { ALIGNED_SIDE, type FaceQuality } from "@hyperface/contracts";
import { distanceToTemplate, fitSimilarity, TEMPLATE } from "./align.ts";
import type { Point } from "./pixels.ts";

/**
 * How far an embedding may be from that of the same face seen well, by what its picture shows: square of the distance
 * (at.size / size)^power.size + (at.sharpness / sharpness)^power.sharpness + (n / at.noise)^2 + least^2. Squares of
 * independent disturbances add. n is the noise of the source: a face enlarged to the frame has lost some of it, and
 * n = noise (112 / size)^power.noise there.
 */
export interface DistanceModel {
  at: { size: number; sharpness: number; noise: number };
  power: { size: number; sharpness: number; noise: number };
  least: number;
}

/** Nine of ten portraits made smaller, blurred, enlarged again or noisy keep within: `fitted` of `npm run bench -- quality`. */
const DISTANCE_MODEL: DistanceModel = {
  at: { size: 33.3, sharpness: 3, noise: 10.9 },
  power: { size: 3.02, sharpness: 2.5, noise: 3.83 },
  least: 0.0395,
};

/**
 * What a face's picture is worth. `value` is 1 less the distance of unit embeddings to the same face seen well that nine of ten such
 * faces keep within: above 0.6 the cosine is over 0.92, and at 0, which is a cosine under 0.5, the embedding may be
 * anybody's. What JPEG leaves out at low qualities, and what was enlarged by repeating its pixels, it does not see. Norm
 * and landmark fit told nothing more: they are reported, and have no part in it.
 * @param aligned interleaved RGB, [112, 112, 3] in 0 to 255
 * @param size side of the aligned frame in the source, pixels
 * @param norm length of the embedding as the network gives it
 * @param landmarks null where the face was given as aligned
 */
export function judgeQuality(
  aligned: Float32Array,
  { size, norm, landmarks }: { size: number; norm: number; landmarks: readonly Point[] | null },
): FaceQuality {
  const grey = greyOf(aligned);
  const [sharpness, noise] = [sharpnessOf(grey), noiseOf(grey)];
  const landmarkFit = landmarks && landmarkDistance(landmarks);
  const value = Math.max(0, 1 - distanceWithin({ size, sharpness, noise }));
  return { value, size, sharpness, noise, norm, landmarkFit };
}

/** As {@link DistanceModel} has it; infinite where a picture shows nothing. */
export function distanceWithin(
  { size, sharpness, noise }: Pick<FaceQuality, "size" | "sharpness" | "noise">,
  { at, power, least }: DistanceModel = DISTANCE_MODEL,
): number {
  const ofSize = (at.size / size) ** power.size;
  const ofSharpness = (at.sharpness / sharpness) ** power.sharpness;
  const sourceNoise = noise * Math.max(1, ALIGNED_SIDE / size) ** power.noise;
  return Math.sqrt(ofSize + ofSharpness + (sourceNoise / at.noise) ** 2 + least ** 2);
}

/** Side of the square in the source that is brought to the aligned frame, pixels. */
export function frameSize(landmarks: readonly Point[]): number {
  const { a, b } = fitSimilarity(TEMPLATE, landmarks);
  return ALIGNED_SIDE * Math.hypot(a, b);
}

function greyOf(aligned: Float32Array): Float32Array {
  const grey = new Float32Array(ALIGNED_SIDE ** 2);
  for (let i = 0; i < grey.length; i++) {
    const red = aligned[3 * i] as number;
    const green = aligned[3 * i + 1] as number;
    const blue = aligned[3 * i + 2] as number;
    grey[i] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return grey;
}

/** The frame is looked at this far from its border, pixels. */
const MARGIN = 16;
const SEEN = ALIGNED_SIDE - 2 * MARGIN;

/** What a symmetric filter of 3 x 3 answers over the middle of the frame, [{@link SEEN} ** 2]. */
function filtered(
  grey: Float32Array,
  { centre, edge, corner }: { centre: number; edge: number; corner: number },
): Float64Array {
  const answers = new Float64Array(SEEN ** 2);
  const at = (p: number) => grey[p] as number;
  for (let y = 0, k = 0; y < SEEN; y++) {
    for (let x = 0; x < SEEN; x++, k++) {
      const p = (y + MARGIN) * ALIGNED_SIDE + x + MARGIN;
      const [above, below] = [p - ALIGNED_SIDE, p + ALIGNED_SIDE];
      const edges = at(p - 1) + at(p + 1) + at(above) + at(below);
      const corners = at(above - 1) + at(above + 1) + at(below - 1) + at(below + 1);
      answers[k] = centre * at(p) + edge * edges + corner * corners;
    }
  }
  return answers;
}

/** Standard deviation of the luminance's Laplacian. */
function sharpnessOf(grey: Float32Array): number {
  const laplacians = filtered(grey, { centre: -4, edge: 1, corner: 0 });
  let sum = 0;
  let squares = 0;
  for (const laplacian of laplacians) {
    sum += laplacian;
    squares += laplacian ** 2;
  }
  const mean = sum / laplacians.length;
  return Math.sqrt(Math.max(0, squares / laplacians.length - mean ** 2));
}

/** Standard deviation of white noise of the luminance (Immerkær 1996, Fast noise variance estimation). */
function noiseOf(grey: Float32Array): number {
  const residues = filtered(grey, { centre: 4, edge: -2, corner: 1 });
  let sum = 0;
  for (const residue of residues) sum += Math.abs(residue);
  return (Math.sqrt(Math.PI / 2) * sum) / (6 * residues.length);
}

/** How far landmarks are from the template's, once fitted to it, pixels of the aligned frame. */
function landmarkDistance(landmarks: readonly Point[]): number {
  const { a, b, c, d } = fitSimilarity(landmarks, TEMPLATE);
  return distanceToTemplate(landmarks.map(([x, y]) => [a * x - b * y + c, b * x + a * y + d]));
}
