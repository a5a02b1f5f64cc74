import { stepsInBatches } from "./batches.ts";
import { syntheticGallery } from "./galleries.ts";
import { peakMemoryMB } from "./pack.ts";

const STEPS = 8;

/** Algorithm 2 near a gallery of a fixed size, on very many identities, and the memory of it all. */
export async function benchScaleNear(count: number, dimension: number, gallery: number) {
  const near = syntheticGallery(gallery, dimension);
  const { figures } = await stepsInBatches({ count, dimension, alpha: 0.5 }, STEPS, { near });
  return { n: count, d: dimension, gallery, ...figures, peakMemoryMB: peakMemoryMB() };
}
