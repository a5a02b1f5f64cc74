import { stepsInBatches } from "./batches.ts";
import { checkPart } from "./certificate.ts";
import { peakMemoryMB } from "./pack.ts";

const STEPS = 150;

/** Algorithm 2 on a million identities, and the exact check of what it left, of which a part is measured. */
export async function benchMillion(count: number, dimension: number) {
  const { figures, embeddings } = await stepsInBatches({ count, dimension }, STEPS);
  const packingMemoryMB = peakMemoryMB();
  const check = await checkPart(count, dimension, (start, rows) => ({
    data: embeddings.subarray(start * dimension, (start + rows) * dimension),
    dimension,
  }));
  return {
    n: count,
    d: dimension,
    ...figures,
    packingMemoryMB,
    check,
    peakMemoryMB: peakMemoryMB(),
  };
}
