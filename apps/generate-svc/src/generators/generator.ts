import type { GeneratorDescription } from "@hyperface/contracts";
import type { Frame } from "../scene/frame.ts";
import type { Controls } from "./controls.ts";

/** Pixels of one image: 8-bit RGB, row-major, interleaved; `data` has 3 * size * size bytes. */
export interface Pixels {
  size: number;
  data: Uint8Array;
}

/** An identity-conditioned generator: image = generator(embedding, z), as in the paper's section 2.2. */
export interface Generator {
  description: Omit<GeneratorDescription, "arithmetic">;
  /**
   * One image at a time and not a batch, since a batch's size changes the rounding on some
   * providers and an image must not depend on its company.
   * @param embedding unit vector, [embeddingDimension]
   * @param z the generator's own noise, standard normal, [latentDimension]
   */
  generate(embedding: Float32Array, z: Float32Array): Promise<Pixels>;
  /** What of z can be asked for. */
  controls: Controls;
  /** Where the face stands in the pictures. */
  frame: Frame;
  /** Length of the noise that {@link Generator.sampleIdentity} takes. */
  priorNoiseDimension: number;
  /**
   * An identity from the learned prior over embeddings: the unconditional mode.
   * @param noise standard normal, [priorNoiseDimension]
   * @returns unit vector, [embeddingDimension]
   */
  sampleIdentity(noise: Float32Array): Promise<Float32Array>;
  /** What every graph gives for fixed inputs, before anything is rounded to bytes: see nameArithmetic. */
  probe(): Promise<Float32Array[]>;
}
