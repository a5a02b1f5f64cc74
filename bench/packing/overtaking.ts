import { figuresOf, pack } from "./pack.ts";

/** Sizes about those from which the code of the dimension is tighter; groups that make them quick. */
const SIZES = [
  { dimension: 128, cyclic: 16, counts: [2000, 3000, 3500, 4096, 5000], iterations: 300 },
  { dimension: 512, cyclic: 128, counts: [8192, 12_288, 14_336, 16_384, 18_432], iterations: 150 },
];

interface Size {
  n: number;
  cyclic: number;
  maxCosine: number;
  cpuSeconds: number;
}

/** From how many points on an algebraic code is tighter than orbits that are packed: largest cosines of both. */
export async function benchOvertaking() {
  const dimensions = [];
  for (const { dimension, cyclic, counts, iterations } of SIZES) {
    // Gold's: see goldCode.
    const code = Math.sqrt(2 / dimension);
    const packed: Size[] = [];
    for (const count of counts) {
      const run = await pack({ count, dimension, iterations, symmetry: { cyclic } });
      const { maxCosine = 1, cpuSeconds } = figuresOf(run);
      packed.push({ n: count, cyclic, maxCosine, cpuSeconds });
      console.error(JSON.stringify({ d: dimension, code, ...packed.at(-1) }));
    }
    dimensions.push({
      d: dimension,
      iterations,
      code,
      overtakesAt: crossing(packed, code),
      packed,
    });
  }
  return { dimensions };
}

/** Points at which the packed ones, on a line from size to size, are as tight as the code; null where none of these are. */
function crossing(packed: readonly Size[], code: number): number | null {
  const above = packed.findIndex(({ maxCosine }) => maxCosine > code);
  const [before, after] = [packed[above - 1], packed[above]];
  if (!before || !after) return null;
  const share = (code - before.maxCosine) / (after.maxCosine - before.maxCosine);
  return Math.round(before.n + share * (after.n - before.n));
}
