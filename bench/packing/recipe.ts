import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PackingSpec, type ResolvedPacking, resolvePacking } from "@hyperface/contracts";
import {
  continuePacking,
  createOnnxKernels,
  decodeCheckpoint,
  encodeCheckpoint,
  memoryOf,
  NO_VECTORS,
  type PackingState,
  specHash,
  startPacking,
} from "@hyperface/optimizer-svc/packing";
import { benchFolder } from "../kept.ts";
import { peakMemoryMB, stopwatch } from "./pack.ts";

/** As published. */
const ITERATIONS = 100_000;
const LEARNING_RATE = 0.01;
/** CPU seconds between checkpoints. */
const KEPT_EVERY = 60;

/**
 * The paper's recipe with all of its steps and no gallery, in as many runs as it takes: after `seconds` it
 * stops, and another run goes on from the checkpoint that is kept.
 */
export async function benchRecipe(count: number, dimension: number, seconds: number) {
  const spec = resolvePacking(
    PackingSpec.parse({
      ...{ count, dimension, method: "paper", alpha: 0, start: "random" },
      ...{ learningRate: LEARNING_RATE, iterations: ITERATIONS },
    }),
  );
  const kernels = await createOnnxKernels(dimension);
  const state = (await stored(spec)) ?? (await startPacking(spec, NO_VECTORS, kernels));
  const until = performance.now() + 1000 * seconds;
  while (!state.done && performance.now() < until) {
    const cpuSeconds = stopwatch();
    await continuePacking(
      state,
      { spec, vectors: NO_VECTORS, kernels },
      () => cpuSeconds() < KEPT_EVERY && performance.now() < until,
    );
    state.scalars.cpuSeconds = (state.scalars.cpuSeconds ?? 0) + cpuSeconds();
    await store(spec, state);
  }
  if (!state.done) return { skipped: `${state.iteration} of ${ITERATIONS} steps: run it again` };
  return {
    ...{ n: count, d: dimension, iterations: state.iteration, learningRate: LEARNING_RATE },
    cpuSeconds: state.scalars.cpuSeconds,
    maxCosine: state.history.at(-1)?.maxCosine,
    trace: state.history.map(({ iteration, maxCosine }) => ({ iteration, maxCosine })),
    peakMemoryMB: peakMemoryMB(),
  };
}

const hashOf = (spec: ResolvedPacking) => specHash(spec, {});
const fileOf = (spec: ResolvedPacking) =>
  join(benchFolder("recipe"), `${hashOf(spec)}.safetensors`);

async function stored(spec: ResolvedPacking): Promise<PackingState | null> {
  const bytes = await readFile(fileOf(spec)).catch(() => null);
  return bytes && decodeCheckpoint(bytes, spec, hashOf(spec), memoryOf(spec));
}

/** Whole or not at all, wherever it is cut off. */
async function store(spec: ResolvedPacking, state: PackingState): Promise<void> {
  await mkdir(benchFolder("recipe"), { recursive: true });
  const written = `${fileOf(spec)}.part`;
  await writeFile(written, encodeCheckpoint(state, spec, hashOf(spec)));
  await rename(written, fileOf(spec));
}
