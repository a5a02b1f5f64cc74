import { pack } from "./pack.ts";

/** n points of R^d and the smallest possible largest cosine. */
const CODES = [
  { n: 12, d: 3, target: 1 / Math.sqrt(5) },
  { n: 24, d: 3, target: Math.cos((43.6908 * Math.PI) / 180) },
  { n: 24, d: 4, target: 1 / 2 },
  { n: 16, d: 5, target: 1 / 5 },
  { n: 27, d: 6, target: 1 / 4 },
  { n: 240, d: 8, target: 1 / 2 },
  { n: 100, d: 22, target: 1 / 11 },
];
const STARTS = 10;

/** The best of several starts against the optimum. */
export async function benchCodes() {
  const codes = [];
  for (const { n, d, target } of CODES) {
    const started = performance.now();
    let reached = 1;
    let starts = 0;
    while (starts < STARTS && reached > target + 1e-5) {
      const { state } = await pack({ count: n, dimension: d, iterations: 4000, seed: starts });
      reached = Math.min(reached, state.history.at(-1)?.maxCosine ?? 1);
      starts++;
    }
    const seconds = (performance.now() - started) / 1000;
    codes.push({ n, d, target, reached, gap: reached - target, starts, seconds });
  }
  return { codes, worstGap: Math.max(...codes.map(({ gap }) => gap)) };
}
