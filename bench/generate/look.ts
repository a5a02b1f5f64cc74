import type { Pixels } from "@hyperface/embed-svc/pixels";
import type { HyperFace } from "@hyperface/sdk";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import sharp from "sharp";
import { findFace } from "../find-face.ts";
import { FRAME_SIDE } from "../templates.ts";
import { gridDecibels } from "./grid.ts";
import { type Features, loadFeatureNetwork } from "./imagenet.ts";
import { loadThirdJudge } from "./third-judge.ts";
import { measureTraits, type Traits } from "./traits.ts";

/** What the judges see in one frame, drawn or cut from a photograph: all frames are looked at alike. */
export interface Look {
  /** Unit embedding under the default embedder, which the generator is conditioned on. */
  embedding: number[];
  /** The same under the second one. */
  second: number[];
  /** The third judge's descriptor. */
  third: Float32Array;
  features: Features;
  traits: Traits;
  gridDecibels: number;
}

/** @returns null where the product's detector finds no face */
export type Looker = (file: Uint8Array) => Promise<Look | null>;

export async function createLooker(hyperface: HyperFace): Promise<Looker> {
  if (!(await tf.setBackend("wasm"))) throw new Error("the judges need tfjs-backend-wasm");
  const describeFace = await loadThirdJudge();
  const describeFrame = await loadFeatureNetwork(FRAME_SIDE);
  return async (file) => {
    const face = await findFace(hyperface, file);
    if (!face) return null;
    const { embedding, landmarks, crop } = face;
    const aligned = { aligned: true, model: "mobilefacenet-192" } as const;
    const { images } = await hyperface.embeddings.create([crop], aligned);
    const frame = await decode(file);
    return {
      embedding,
      second: images[0]?.faces[0]?.embedding as number[],
      third: await describeFace(frame, landmarks),
      features: await describeFrame(frame),
      traits: measureTraits(frame, landmarks),
      gridDecibels: gridDecibels(frame),
    };
  };
}

async function decode(file: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
