import { figuresOf, pack } from "./pack.ts";

const ITERATIONS = 400;
/** Sizes with the groups and seeds compared at each. */
const SIZES = [
  { count: 2000, dimension: 128, groups: [1, 16], seeds: [0] },
  { count: 1200, dimension: 16, groups: [1, 4, 8, 16], seeds: [0, 1] },
  { count: 1500, dimension: 32, groups: [1, 4, 8, 16], seeds: [0, 1] },
  { count: 2000, dimension: 64, groups: [1, 4, 8, 16], seeds: [0, 1] },
  { count: 2000, dimension: 512, groups: [1, 16], seeds: [0] },
  { count: 1100, dimension: 512, groups: [1, 16], seeds: [0] },
];

/** What packing as orbits of a cyclic group gains: largest cosine and CPU seconds after as many steps, by the group's size. */
export async function benchOrbits() {
  const runs = [];
  for (const { count, dimension, groups, seeds } of SIZES) {
    for (const seed of seeds) {
      for (const cyclic of groups) {
        const settings = { count, dimension, seed, iterations: ITERATIONS, symmetry: { cyclic } };
        const { n, d, maxCosine, cpuSeconds } = figuresOf(await pack(settings));
        runs.push({ n, d, cyclic, seed, maxCosine, cpuSeconds });
        console.error(JSON.stringify(runs.at(-1)));
      }
    }
  }
  return { iterations: ITERATIONS, runs };
}
