import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeNpy } from "@hyperface/formats";
import { withServices } from "../services.ts";
import { pack, peakMemoryMB } from "./pack.ts";

const ALPHAS = [0.1, 0.25, 0.5, 1, 2, 4];
/** Ours beyond them, so that no point of the rival's lies outside of our curve. */
const ENDS = [0.05, 6];

export interface Tradeoff {
  count: number;
  iterations: number;
  rivalIterations: number;
}

interface Point {
  alpha: number;
  iterations: number;
  seconds: number;
  maxCosine: number;
  /** 1 - maxCosine. */
  smallestDistance: number;
  /** Mean cosine to the nearest gallery embedding: the closeness to the manifold of faces. */
  galleryCosine: number;
  objective: number;
  /** Largest cosine over the least so far, at most, after the first tenth. */
  largestJump: number;
}

/**
 * The trade-off of a packing near a gallery: smallest distance between identities against closeness
 * to the gallery, as alpha goes; the fast solver against the paper's recipe.
 */
export async function benchGallery({ count, iterations, rivalIterations }: Tradeoff) {
  const gallery = await generatedGallery(count);
  const size = { count, dimension: gallery.dimension };
  const run = async (settings: object, alpha: number): Promise<Point> => {
    const { state, seconds } = await pack({ ...size, ...settings, alpha }, { near: gallery });
    const { maxCosine = 1, regulariser, objective = 0 } = state.history.at(-1) ?? {};
    const galleryCosine = 1 - (regulariser ?? 1);
    const smallestDistance = 1 - maxCosine;
    const point = { alpha, iterations: state.iteration, seconds, maxCosine, smallestDistance };
    return { ...point, galleryCosine, objective, largestJump: largestJump(state.history) };
  };
  const recipe = { method: "paper", learningRate: 0.01, iterations: rivalIterations };
  const ours: Point[] = [];
  const rivals: Point[] = [];
  for (const alpha of ALPHAS) {
    ours.push(await run({ iterations }, alpha));
    rivals.push(await run(recipe, alpha));
    console.error(JSON.stringify([ours.at(-1), rivals.at(-1)]));
  }
  const ratios = rivals.map((rival, k) => (ours[k]?.objective ?? Number.NaN) / rival.objective);
  const beyond: Point[] = [];
  for (const alpha of ENDS) beyond.push(await run({ iterations }, alpha));
  const leads = rivals.map((rival) => leadAt([...ours, ...beyond], rival));
  const middle = ours.find(({ alpha }) => alpha === 0.5);
  return {
    n: count,
    d: gallery.dimension,
    iterations,
    rivalIterations,
    seconds: middle?.seconds,
    maxCosine: middle?.maxCosine,
    rivalSeconds: rivals.find(({ alpha }) => alpha === 0.5)?.seconds,
    rivalMaxCosine: rivals.find(({ alpha }) => alpha === 0.5)?.maxCosine,
    ours,
    beyond,
    rivals,
    objectiveRatios: ratios,
    largestObjectiveRatio: Math.max(...ratios),
    leads,
    smallestLead: Math.min(...leads),
    largestJump: Math.max(...ours.map((point) => point.largestJump)),
    peakMemoryMB: peakMemoryMB(),
  };
}

function largestJump(history: readonly { maxCosine: number }[]): number {
  const cosines = history.map((point) => point.maxCosine).slice(Math.ceil(history.length / 10));
  let least = Number.POSITIVE_INFINITY;
  let jump = 0;
  for (const cosine of cosines) {
    if (least < Number.POSITIVE_INFINITY) jump = Math.max(jump, cosine / least);
    least = Math.min(least, cosine);
  }
  return jump;
}

/**
 * Our smallest distance less a rival's at its closeness, on the line between our points: below a curve that bends as ours does.
 * A rival less close than all of ours is compared with the least close, which is nearer to the gallery besides.
 */
function leadAt(ours: readonly Point[], rival: Point): number {
  const sorted = [...ours].sort((a, b) => a.galleryCosine - b.galleryCosine);
  const right = sorted.findIndex(({ galleryCosine }) => galleryCosine >= rival.galleryCosine);
  const [before, after] = [sorted[right - 1], sorted[right]];
  if (!after) throw new Error(`no packing of ours is as close as ${rival.galleryCosine}`);
  if (!before) return after.smallestDistance - rival.smallestDistance;
  const share =
    (rival.galleryCosine - before.galleryCosine) / (after.galleryCosine - before.galleryCosine);
  const distance = before.smallestDistance * (1 - share) + after.smallestDistance * share;
  return distance - rival.smallestDistance;
}

/** Embeddings of the default generator's faces; made once, then kept beside the prepared models. */
export async function generatedGallery(count: number) {
  const folder = join(process.env.HYPERFACE_HOME ?? ".hyperface", "bench");
  const file = join(folder, `gallery-${count}.npy`);
  const known = await readFile(file).catch(() => null);
  if (known) return toRows(decodeNpy(known));
  return withServices(async (hyperface) => {
    const gallery = await hyperface.galleries.create({ source: "generator", count, seed: 5 });
    await hyperface.jobs.wait(gallery.jobId as string);
    const bytes = await hyperface.galleries.embeddingsNpy(gallery.id);
    await mkdir(folder, { recursive: true });
    await writeFile(file, bytes);
    return toRows(decodeNpy(bytes));
  });
}

const toRows = ({ data, shape }: ReturnType<typeof decodeNpy>) => ({
  data: data as Float32Array,
  dimension: shape[1] as number,
});
