import { figuresOf, pack } from "./pack.ts";

/** Sizes about those from which the code of the dimension is tighter; groups that make them quick. */
const SIZES = [
  { dimension: 128, cyclic: 16, counts: [2000, 3500, 5000], iterations: 300 },
  { dimension: 512, cyclic: 128, counts: [14_336, 16_384, 18_432], iterations: 150 },
];

/** From how many points on an algebraic code is tighter than orbits that are packed: largest cosines of both. */
export async function benchOvertaking() {
  const runs = [];
  for (const { dimension, cyclic, counts, iterations } of SIZES) {
    for (const count of counts) {
      const packed = await pack({ count, dimension, iterations, symmetry: { cyclic } });
      const { maxCosine, cpuSeconds } = figuresOf(packed);
      // Gold's: see goldCode.
      const code = Math.sqrt(2 / dimension);
      runs.push({ n: count, d: dimension, iterations, cyclic, maxCosine, cpuSeconds, code });
      console.error(JSON.stringify(runs.at(-1)));
    }
  }
  return { runs };
}
