import { PackingSpec, resolvePacking } from "@hyperface/contracts";
import { solverArithmetic } from "@hyperface/optimizer-svc/packing";
import type { Rows } from "@hyperface/vectors";
import { kept } from "../kept.ts";
import { generatedGallery, generatorVersion } from "./galleries.ts";
import { pack, peakMemoryMB } from "./pack.ts";
import { compare, largestJumpOf, type Point, worstOf } from "./tradeoff.ts";

/** The middle first, for a run that is cut short. */
const ALPHAS = [0.5, 1, 2, 0.25, 4, 0.1];
/** Ours beyond them, so that no point of the rival's lies outside of our curve, and where it bends between them. */
const OURS_BESIDES = [3, 6, 0.05];

export interface Tradeoff {
  count: number;
  iterations: number;
  rivalIterations: number;
  /** Galleries, each of other faces. */
  draws: number;
  /** No packing is begun after so many; another run goes on with those that are missing. */
  seconds: number;
}

/**
 * The trade-off of a packing near a gallery: smallest distance between identities against closeness
 * to the gallery, as alpha goes; the fast solver against the paper's recipe. Packings are kept: none is repeated.
 */
export async function benchGallery({ draws, seconds, ...size }: Tradeoff) {
  const { count, iterations, rivalIterations } = size;
  const until = performance.now() + 1000 * seconds;
  const recipe = { method: "paper", learningRate: 0.01, iterations: rivalIterations };
  const tasks = [
    ...ALPHAS.flatMap((alpha) => [
      { alpha, iterations },
      { ...recipe, alpha },
    ]),
    ...OURS_BESIDES.map((alpha) => ({ alpha, iterations })),
  ];
  const galleries = [];
  for (let draw = 0; draw < draws; draw++) {
    const gallery = await generatedGallery(count, draw);
    const ours: Point[] = [];
    const rivals: Point[] = [];
    for (const task of tasks) {
      const point = await keptPoint({ count, ...task }, gallery, until);
      if (point) ("method" in task ? rivals : ours).push(point);
    }
    const missing = tasks.length - ours.length - rivals.length;
    galleries.push({ draw, missing, comparisons: compare(ours, rivals), ours, rivals });
  }
  const worst = worstOf(galleries.flatMap(({ comparisons }) => comparisons));
  return {
    n: count,
    d: 512,
    iterations,
    rivalIterations,
    generator: await generatorVersion(),
    worst,
    galleries,
    peakMemoryMB: peakMemoryMB(),
  };
}

/** @returns null where it is not kept and the time is over */
async function keptPoint(settings: object, gallery: Rows, until: number): Promise<Point | null> {
  const size = { dimension: gallery.dimension, ...settings };
  const spec = resolvePacking(PackingSpec.parse(size));
  const bytes = new Uint8Array(
    gallery.data.buffer,
    gallery.data.byteOffset,
    gallery.data.byteLength,
  );
  // The recipe is the paper's and stays as it is; ours is what the solver of the day makes of it.
  const by = spec.method === "paper" ? "" : await solverArithmetic(spec.engine);
  return kept("packings", [JSON.stringify(spec), by, bytes], async () => {
    if (performance.now() > until) return null;
    const { state, cpuSeconds } = await pack(size, { near: gallery });
    const last = state.history.at(-1);
    if (!last) throw new Error("a packing ended without a report");
    const point: Point = {
      alpha: spec.alpha,
      iterations: state.iteration,
      cpuSeconds,
      maxCosine: last.maxCosine,
      smallestDistance: 1 - last.maxCosine,
      galleryCosine: 1 - (last.regulariser ?? 1),
      objective: last.objective,
      largestJump: largestJumpOf(state.history),
    };
    console.error(JSON.stringify({ method: spec.method, ...point }));
    return point;
  });
}
