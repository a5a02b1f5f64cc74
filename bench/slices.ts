import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PackingSliceRequest } from "@hyperface/contracts";
import { createOptimizerService, Environment } from "@hyperface/optimizer-svc";
import type { HyperFace } from "@hyperface/sdk";
import { createLogger, readEnvironment } from "@hyperface/service-kit";
import type { BenchmarkOptions } from "./options.ts";
import { withServices } from "./services.ts";

const DEFAULT = "20000x512";
const ITERATIONS = 12;
/** More than a whole packing takes. */
const UNCUT_SECONDS = 3600;

/** What cutting a packing into a job's slices costs: through the gateway, against one call of the optimizer. */
export async function benchSlices({ case: size = DEFAULT }: BenchmarkOptions) {
  const [, count, dimension] = (/^(\d+)x(512|192)$/.exec(size) ?? []).map(Number);
  if (!count || !dimension)
    throw new Error(`--case ${size}: identities x 512 or 192, as ${DEFAULT}`);
  const spec = { count, dimension, alpha: 0, start: "random", iterations: ITERATIONS } as const;
  return withServices((hyperface) =>
    withOptimizer(async (runWhole) => {
      let slices = 0;
      // Threads and models are there before anything is timed.
      await runWhole({ ...spec, count: 8 });
      await runSliced(hyperface, 8, dimension);
      const whole = await timed(() => runWhole(spec));
      const sliced = await timed(async () => {
        slices = await runSliced(hyperface, count, dimension);
      });
      return {
        ...{ n: count, d: dimension, iterations: ITERATIONS, slices },
        ...{ sliced: sliced.wall, whole: whole.wall, ratio: sliced.wall / whole.wall },
        // What a busy machine does not distort, but for waits.
        cpu: { sliced: sliced.cpu, whole: whole.cpu, ratio: sliced.cpu / whole.cpu },
      };
    }),
  );
}

/** @returns how many slices it took */
async function runSliced({ packings, jobs }: HyperFace, count: number, dimension: number) {
  const model = dimension === 512 ? "mobilefacenet-512" : "mobilefacenet-192";
  const { jobId } = await packings.create({
    ...{ count, model, alpha: 0, start: "random", iterations: ITERATIONS },
  });
  let slices = 0;
  await jobs.wait(jobId, ({ type }) => {
    if (type === "progress") slices += 1;
  });
  return slices;
}

async function withOptimizer<T>(measure: (run: (spec: object) => Promise<void>) => Promise<T>) {
  const home = await mkdtemp(join(tmpdir(), "hyperface-bench-"));
  const environment = readEnvironment(Environment, { HYPERFACE_HOME: home });
  const optimizer = await createOptimizerService({
    environment,
    logger: createLogger("bench", "warn"),
  });
  let runs = 0;
  try {
    return await measure(async (spec) => {
      const body = PackingSliceRequest.parse({
        spec,
        model: { name: "bench", sha256: "0".repeat(64) },
        checkpointKey: null,
        outputKey: `packings/pak_0/checkpoint-${++runs}`,
        resultKey: `packings/pak_0/result-${runs}`,
        budgetSeconds: UNCUT_SECONDS,
      });
      const answer = await optimizer.app.request("/v1/packing-slices", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(await answer.text());
    });
  } finally {
    await optimizer.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** Seconds by the clock and of all threads. */
async function timed(work: () => Promise<void>): Promise<{ wall: number; cpu: number }> {
  const started = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}
