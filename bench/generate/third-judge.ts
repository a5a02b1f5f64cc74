import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fitSimilarity } from "@hyperface/embed-svc/align";
import { type Pixels, type Point, warp } from "@hyperface/embed-svc/pixels";
import * as tf from "@tensorflow/tfjs";
import type * as FaceApi from "@vladmandic/face-api";
import { CHIP_SIDE, TEMPLATE } from "../templates.ts";

const require = createRequire(import.meta.url);

/** Two faces nearer than this are one person, by the network's own makers. */
export const SAME_PERSON = 0.6;

/** Descriptor of an image's face, [128]; two are compared by Euclidean distance. */
export type ThirdJudge = (image: Pixels, landmarks: readonly Point[]) => Promise<Float32Array>;

/**
 * dlib's 128-d recogniser as face-api.js carries it: no training of ours sees it, so it can be fooled
 * by nothing that was made to please the embedders. tf's backend must be chosen before.
 */
export async function loadThirdJudge(): Promise<ThirdJudge> {
  const faceapi = require("@vladmandic/face-api/dist/face-api.node-wasm.js") as typeof FaceApi;
  const models = join(dirname(require.resolve("@vladmandic/face-api/package.json")), "model");
  const { faceRecognitionNet: net } = faceapi.nets;
  await net.loadFromDisk(models);
  return async (image, landmarks) => {
    const chip = warp(image, fitSimilarity(TEMPLATE.chip, landmarks), CHIP_SIDE);
    const input = tf.tensor3d(chip, [CHIP_SIDE, CHIP_SIDE, 3]);
    const descriptor = (await net.computeFaceDescriptor(input as never)) as Float32Array;
    input.dispose();
    return descriptor;
  };
}

/** Euclidean distances of descriptors `a` (rows) to `b` (columns). */
export const distances = (a: readonly Float32Array[], b: readonly Float32Array[]): number[][] =>
  a.map((x) => b.map((y) => Math.hypot(...x.map((value, k) => value - (y[k] as number)))));
