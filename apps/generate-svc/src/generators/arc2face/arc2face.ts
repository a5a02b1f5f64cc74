import type { Sampling } from "@hyperface/contracts";
import { randomStream } from "@hyperface/hypersphere";
import type { Floats } from "@hyperface/inference";
import type { SampleKey } from "../../noise.ts";
import type { Pixels } from "../generator.ts";
import { toPixels } from "../pixels.ts";
import {
  concatenate,
  decodeLatents,
  encodeFaces,
  LATENT_CHANNELS,
  LATENT_SCALE,
  type Networks,
  rowOf,
} from "./networks.ts";
import { sampleLatents } from "./sample.ts";
import { createScheduler } from "./sampling.ts";
import type { FinalSigma } from "./schedulers/dpm-solver.ts";

/** One image of a batch. */
export interface Portrait {
  /** Unit vector of Arc2Face's own embedder, [d]. */
  embedding: Float32Array;
  /** Standard normal, [4 (side / 8)^2]: what its latents start from. */
  z: Float32Array;
  key: SampleKey;
  /** 0, or more where earlier ones were refused: with the key, what keys the noise on the way. */
  draw: number;
}

export interface BatchOptions {
  sampling: Sampling;
  finalSigma?: FinalSigma;
  /** Called before each step and after the last: to tell how far it is, or to end it by throwing. */
  onStep?: (step: number, steps: number) => void;
}

/** Most steps of any sampler: step i of draw d has fresh noise d * 64 + i of its sample's stream. */
const STEPS_OF_A_DRAW = 64;

/**
 * Pictures of one size as one batch, over identities and samples alike. The noise of each is keyed by its
 * own seed, identity and sample, whatever is beside it.
 */
export async function drawPortraits(
  networks: Networks,
  portraits: readonly Portrait[],
  { sampling, finalSigma, onStep }: BatchOptions,
): Promise<Pixels[]> {
  const { steps, guidance, drawSize: side, fewStep } = sampling;
  const unet = fewStep ? networks.fewStepUnet : networks.unet;
  if (!unet) throw new RangeError("this model has no U-Net for few steps");
  const rows = (row: (portrait: Portrait) => Float32Array, dims: readonly number[]) =>
    concatenate(portraits.map((portrait) => ({ data: row(portrait), dims: [1, ...dims] })));
  const shape = [LATENT_CHANNELS, side / LATENT_SCALE, side / LATENT_SCALE];
  const length = shape.reduce((product, n) => product * n);

  const dimension = portraits[0]?.embedding.length ?? 0;
  const face = rows(({ embedding }) => embedding, [dimension]);
  const latents = await sampleLatents(unet, {
    scheduler: createScheduler(sampling, finalSigma),
    guidance,
    states: await encodeFaces(networks.encoder, face),
    unconditional: networks.unconditional,
    start: rows(({ z }) => z, shape),
    noise: (i) => rows((portrait) => stepNoise(portrait, length, i), shape).data,
    onStep: (step) => onStep?.(step, steps),
  });
  return decodeEach(networks, latents, side);
}

const stepNoise = ({ key, draw }: Portrait, length: number, step: number) =>
  randomStream(key.seed, "step-noise", key.identity, key.sample).gaussian(
    length,
    (draw * STEPS_OF_A_DRAW + step) * length,
  );

/** One at a time: the decoder's memory for a batch would be many times that of all steps. */
async function decodeEach(networks: Networks, latents: Floats, side: number): Promise<Pixels[]> {
  const pictures: Pixels[] = [];
  for (let i = 0; i < (latents.dims[0] as number); i++) {
    const { data } = await decodeLatents(networks.decoder, rowOf(latents, i));
    pictures.push({ size: side, data: toPixels(data, side) });
  }
  return pictures;
}
