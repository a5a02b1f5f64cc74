import type { GeneratorDescription, Sampling, SamplingOptions } from "@hyperface/contracts";
import type { SampleKey } from "../noise.ts";
import type { Frame } from "../scene/frame.ts";
import type { Plane } from "../scene/raster.ts";
import type { Controls } from "./controls.ts";

/** Pixels of one image: 8-bit RGB, row-major, interleaved; `data` has 3 * size * size bytes. */
export interface Pixels {
  size: number;
  data: Uint8Array;
  /** What of each pixel is of the person, 0 to 1, [size * size], where the generator says so itself. */
  alpha?: Plane;
}

/** An identity-conditioned generator: image = generator(embedding, z), as in the paper's section 2.2. */
export interface Generator {
  description: KnownUnloaded;
  /** How an image is sampled, complete; null where it is made in one pass. */
  sampling(options: SamplingOptions): Sampling | null;
  /** Length of z where an image is sampled so. */
  latentDimension(sampling: SamplingOptions): number;
  /**
   * One image. A generator of one pass makes it alone, since a batch's size changes the rounding on some
   * providers; one of many steps makes those that wait together, each with noise of its own.
   * @param embedding unit vector, [embeddingDimension]
   * @param z the generator's own noise, standard normal, [latentDimension(sampling)]
   */
  generate(embedding: Float32Array, z: Float32Array, options: DrawOptions): Promise<Pixels>;
  /** What of z can be asked for. */
  controls: Controls;
  /** Where the face stands in the pictures; null where that differs from one to the next. */
  frame: Frame | null;
  /** Whether its pictures come with alpha; a network looks for the person in those of others. */
  alpha: boolean;
  prior: Prior | null;
  /** What every graph gives for fixed inputs, before anything is rounded to bytes: see nameArithmetic. */
  probe(): Promise<Float32Array[]>;
}

/** What a manifest says of a generator. */
export type KnownUnloaded = Omit<GeneratorDescription, "arithmetic" | "state">;

export interface DrawOptions {
  sampling: SamplingOptions;
  /** What keys the noise that is drawn on the way, with the draw: 0, or more where others were refused. */
  key: SampleKey;
  draw: number;
  /** Ends the work where nobody waits for it any more. */
  signal?: AbortSignal | undefined;
}

/** A learned distribution of embeddings: the unconditional mode. */
export interface Prior {
  noiseDimension: number;
  /**
   * @param noise standard normal, [noiseDimension]
   * @returns unit vector, [embeddingDimension]
   */
  sampleIdentity(noise: Float32Array): Promise<Float32Array>;
}
