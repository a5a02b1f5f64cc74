import { type SamplingRun, sampleLatents } from "@hyperface/generate-svc/sample";
import { completeSampling, createScheduler } from "@hyperface/generate-svc/sampling";
import { randomStream } from "@hyperface/hypersphere";
import {
  createInferencePool,
  encodeModel,
  type Session,
  type TensorValue,
} from "@hyperface/inference";

/** Of Stable Diffusion 1.5 at 512 pixels. */
const LATENTS = [4, 64, 64];
const STATES = [77, 768];
const SIZE = 512;
/** The fastest step at hand: a guided image of 25 steps in 0.6 s on an H100, by Microsoft's optimised graphs. */
const FASTEST_STEP_MILLISECONDS = 24;
const RUNS = 15;

/** In place of the U-Net: a graph of its inputs and its output that computes next to nothing. */
const STAND_IN = encodeModel({
  name: "stand-in",
  opset: 13,
  nodes: [
    { op: "Cast", inputs: ["timestep"], outputs: ["t"], attributes: { to: { int: 1 } } },
    {
      op: "ReduceMin",
      inputs: ["states"],
      outputs: ["least"],
      attributes: { keepdims: { int: 0 } },
    },
    { op: "Mul", inputs: ["t", "zero"], outputs: ["none"] },
    { op: "Mul", inputs: ["least", "none"], outputs: ["nothing"] },
    { op: "Add", inputs: ["latents", "nothing"], outputs: ["noise"] },
  ],
  initializers: { zero: { dims: [1], data: Float32Array.of(0) } },
  inputs: [
    { name: "latents", type: "float32", dims: ["N", ...LATENTS] },
    { name: "timestep", type: "int64", dims: [1] },
    { name: "states", type: "float32", dims: ["N", ...STATES] },
  ],
  outputs: [{ name: "noise", type: "float32", dims: ["N", ...LATENTS] }],
});

/**
 * Milliseconds that a step takes beside its network: TypeScript's own (guidance, scheduler, copies), with the messages to and from
 * the network's thread, and the fresh noise of few steps, which is drawn while the network computes.
 */
export async function measureSteps() {
  const pool = createInferencePool({ threads: 1 });
  const threaded = await pool.createSession(STAND_IN);
  const guided = { steps: 25 };
  const own = await measure(immediate, 1, guided);
  const found = {
    millisecondsGuided: own,
    millisecondsGuidedOfFour: await measure(immediate, 4, guided),
    millisecondsFewStep: await measure(immediate, 1, { steps: 4, fewStep: true }),
    millisecondsFreshNoise: leastMilliseconds(() => freshNoise(1, [1, ...LATENTS])),
    millisecondsGuidedWithMessages: await measure(threaded, 1, guided),
    fastestKnownStepMilliseconds: FASTEST_STEP_MILLISECONDS,
    shareOfFastestKnownStep: own / (own + FASTEST_STEP_MILLISECONDS),
  };
  await pool.close();
  return found;
}

/** A network that answers at once. */
const immediate: Session = {
  ...{ inputs: [], outputs: [], provider: "none", release: async () => {} },
  run: async ({ latents }) => ({ noise: latents as TensorValue }),
};

/** The least of some runs: what else the machine does only adds. */
async function measure(
  unet: Session,
  images: number,
  options: { fewStep?: boolean; steps: number },
) {
  const sampling = completeSampling(options, SIZE);
  const { guidance, steps } = sampling;
  const run = { ...runOf(images), scheduler: createScheduler(sampling), guidance };
  await sampleLatents(unet, run);
  const milliseconds = [];
  for (let k = 0; k < RUNS; k++) {
    const started = performance.now();
    await sampleLatents(unet, run);
    milliseconds.push((performance.now() - started) / steps);
  }
  return Math.min(...milliseconds);
}

function runOf(images: number): Omit<SamplingRun, "scheduler" | "guidance"> {
  const values = (name: string, dims: number[]) => {
    const length = dims.reduce((product, n) => product * n);
    return { data: randomStream(1, name).gaussian(length), dims };
  };
  const start = values("start", [images, ...LATENTS]);
  const noise = freshNoise(1, start.dims);
  return {
    states: values("states", [images, ...STATES]),
    unconditional: values("empty", [1, ...STATES]),
    start,
    noise: () => noise,
  };
}

const freshNoise = (seed: number, dims: readonly number[]) =>
  randomStream(seed, "fresh").gaussian(dims.reduce((product, n) => product * n));

function leastMilliseconds(work: () => unknown): number {
  const milliseconds = Array.from({ length: RUNS }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...milliseconds);
}
