import { type Floats, floatsOf, type Session, type TensorValue } from "@hyperface/inference";

/** Sides of the image over those of its latents, and the latents' channels: Stable Diffusion's autoencoder. */
export const LATENT_SCALE = 8;
export const LATENT_CHANNELS = 4;

/** Arc2Face's graphs, as training/export_arc2face.py writes them. */
export interface Networks {
  /** `face` [N, d] -> `states` [N, 77, h]. */
  encoder: Session;
  /** `latents` [N, 4, H, W], `timestep` [1], `states` [N, 77, h] -> `noise` [N, 4, H, W]. */
  unet: Session;
  /** The same with a consistency adapter, where the model has one. */
  fewStepUnet?: Session | undefined;
  /** `latents` [N, 4, H, W] -> `image` [N, 3, 8 H, 8 W], RGB in [0, 1]. */
  decoder: Session;
  /** States of the empty prompt, [1, 77, h]. */
  unconditional: Floats;
}

export const encodeFaces = (encoder: Session, face: Floats) => run(encoder, { face }, "states");

export const decodeLatents = (decoder: Session, latents: Floats) =>
  run(decoder, { latents }, "image");

export function predictNoise(unet: Session, t: number, latents: Floats, states: Floats) {
  const timestep = { data: BigInt64Array.of(BigInt(t)), dims: [1] };
  return run(unet, { latents, timestep, states }, "noise");
}

async function run(session: Session, feeds: Record<string, TensorValue>, output: string) {
  return floatsOf(await session.run(feeds), output);
}

/** Row `i` of the first axis. */
export function rowOf({ data, dims: [count = 1, ...rest] }: Floats, i: number): Floats {
  const length = data.length / count;
  return { data: data.slice(i * length, (i + 1) * length), dims: [1, ...rest] };
}

/** Tensors of one shape, one after another along the first axis. */
export function concatenate(parts: readonly Floats[]): Floats {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  const count = parts.reduce((sum, { dims }) => sum + (dims[0] as number), 0);
  return { data, dims: [count, ...(parts[0]?.dims.slice(1) ?? [])] };
}
