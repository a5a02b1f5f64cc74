import { perturb, randomStream } from "@hyperface/hypersphere";

/** What keys the random numbers of one image; see ImageItem. */
export interface SampleKey {
  seed: number;
  identity: number;
  sample: number;
}

/**
 * Eq. 3: the embedding a sample is generated from, normalise(x + beta v) with v ~ N(0, I).
 * v does not depend on beta, so a sweep of beta moves a sample along one direction.
 * @param reference unit reference embedding x, [d]
 */
export function sampleEmbedding(
  reference: Float32Array,
  beta: number,
  { seed, identity, sample }: SampleKey,
): Float32Array {
  const v = randomStream(seed, "beta-noise", identity, sample).gaussian(reference.length);
  return perturb(reference, beta, v);
}

/**
 * The generator's own noise z of a sample, standard normal, [dimension].
 * @param draw 0, or more where earlier ones were refused
 */
export const sampleLatent = ({ seed, identity, sample }: SampleKey, dimension: number, draw = 0) =>
  randomStream(seed, "latent", identity, sample).gaussian(dimension, draw * dimension);

/** Noise from which the prior makes identity `index` of a seed, standard normal, [dimension]. */
export const priorNoise = (seed: number, index: number, dimension: number) =>
  randomStream(seed, "prior", index).gaussian(dimension);
