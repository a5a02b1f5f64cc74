import { PackingSpec, type ResolvedPacking, resolvePacking } from "@hyperface/contracts";
import {
  continuePacking,
  createOnnxKernels,
  NO_VECTORS,
  type PackingState,
  type PackingVectors,
  startPacking,
} from "@hyperface/optimizer-svc/packing";

export interface Run {
  spec: ResolvedPacking;
  /** Of the steps, without the start. */
  seconds: number;
  /** Of this process, which others on the machine hardly change. */
  cpuSeconds: number;
  state: PackingState;
  /** Largest cosine by CPU time. */
  trace: { cpuSeconds: number; maxCosine: number }[];
  /** Median of a step, without the first, by the clock and of the CPU. */
  secondsPerStep: number;
  cpuSecondsPerStep: number;
}

/**
 * A packing in this process, or its first steps alone; from a random start without gallery where the
 * settings say nothing else.
 */
export async function pack(
  settings: object,
  vectors: Partial<PackingVectors> = {},
  steps = Number.POSITIVE_INFINITY,
): Promise<Run> {
  const free = vectors.near ? {} : { alpha: 0, start: "random" };
  const spec = resolvePacking(PackingSpec.parse({ ...free, ...settings }));
  const given = { ...NO_VECTORS, ...vectors };
  const kernels = await createOnnxKernels(spec.dimension);
  const state = await startPacking(spec, given, kernels);
  const started = performance.now();
  const cpuSeconds = stopwatch();
  const trace: Run["trace"] = [];
  const elapsed = () => (performance.now() - started) / 1000;
  const ends: { wall: number; cpu: number }[] = [];
  await continuePacking(state, { spec, vectors: given, kernels }, () => {
    ends.push({ wall: elapsed(), cpu: cpuSeconds() });
    const maxCosine = state.history.at(-1)?.maxCosine ?? 1;
    if (trace.at(-1)?.maxCosine !== maxCosine) trace.push({ cpuSeconds: cpuSeconds(), maxCosine });
    return ends.length < steps;
  });
  const whole = { wall: elapsed(), cpu: cpuSeconds() };
  trace.push({ cpuSeconds: whole.cpu, maxCosine: state.history.at(-1)?.maxCosine ?? 1 });
  return {
    ...{ spec, state, trace, seconds: whole.wall, cpuSeconds: whole.cpu },
    secondsPerStep: medianStep(ends.map(({ wall }) => wall)) ?? whole.wall,
    cpuSecondsPerStep: medianStep(ends.map(({ cpu }) => cpu)) ?? whole.cpu,
  };
}

function medianStep(ends: readonly number[]): number | undefined {
  const taken = ends.slice(1).map((at, k) => at - (ends[k] as number));
  return taken.sort((a, b) => a - b)[Math.floor(taken.length / 2)];
}

/** CPU seconds of this process from now on. */
export function stopwatch(): () => number {
  const started = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1e6;
  };
}

/** What every case reports of its own packing. */
export function figuresOf({ spec, seconds, cpuSeconds, state }: Run) {
  const { maxCosine, nearestCosine } = state.history.at(-1) ?? {};
  return {
    n: spec.count,
    d: spec.dimension,
    iterations: state.iteration,
    cyclic: spec.symmetry.cyclic,
    seconds,
    cpuSeconds,
    maxCosine,
    meanNearestCosine: nearestCosine?.mean,
    peakMemoryMB: peakMemoryMB(),
  };
}

export const peakMemoryMB = () => process.resourceUsage().maxRSS / 1024;

export const mean = (values: ArrayLike<number>) => {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] as number;
  return sum / values.length;
};
export const largest = (values: ArrayLike<number>) => {
  let found = -1;
  for (let k = 0; k < values.length; k++) found = Math.max(found, values[k] as number);
  return found;
};
