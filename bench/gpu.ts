import { execFile } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { promisify } from "node:util";
import { chooseProvider, type Provider } from "@hyperface/inference";
import { measurePortraits } from "./gpu/arc2face.ts";
import { measureEmbedder, measureGenerator } from "./gpu/networks.ts";
import type { BenchmarkOptions } from "./options.ts";

/** The CPU last: each other's answers are compared with its. */
const PROVIDERS = ["cuda", "webgpu", "cpu"] as const satisfies Provider[];

const NETWORKS = {
  embedder: measureEmbedder,
  generator: measureGenerator,
  arc2face: measurePortraits,
} as const;

/**
 * What each network does on each execution provider of this machine: the default embedder and generator by batches, and a
 * picture of the Arc2Face model in the folder that `ARC2FACE` names.
 * A case is a provider, or a provider and a network: `cuda`, `webgpu-embedder`.
 */
export async function benchGpu({ case: only }: BenchmarkOptions) {
  const [asked, askedNetwork] = only?.split("-") ?? [];
  const found: Record<string, object> = {};
  for (const device of PROVIDERS.filter((name) => !asked || name === asked)) {
    const { provider, passedOver } = await chooseProvider(device);
    const figures: Record<string, object> = {};
    for (const [name, measure] of Object.entries(NETWORKS)) {
      if (askedNetwork && name !== askedNetwork) continue;
      if (provider === device) figures[name] = await measure(device);
    }
    found[device] = provider === device ? figures : { skipped: passedOver[0]?.reason };
  }
  const ran = PROVIDERS.filter((name) => found[name] && !("skipped" in found[name]));
  if (ran.length === 0 || (!asked && ran.join() === "cpu")) {
    return { skipped: `there is no GPU: ${JSON.stringify(found)}` };
  }
  return { gpu: await describeGpu(), cores: availableParallelism(), tf32, loadBefore, ...found };
}

const loadBefore = loadavg()[0];
/** What CUDA makes of float32: on, ten bits of it. */
const tf32 = process.env.NVIDIA_TF32_OVERRIDE !== "0";

/** Its name, driver and memory, where NVIDIA's tool is at hand. */
async function describeGpu(): Promise<string | null> {
  const query = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"];
  const answer = promisify(execFile)("nvidia-smi", query);
  return answer.then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}
