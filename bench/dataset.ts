import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import type { CreateDatasetRequest, HyperFace } from "@hyperface/sdk";
import { endLeftovers } from "../test/leftovers.ts";
import { startOne, temporaryHome } from "../test/servers.ts";
import type { BenchmarkOptions } from "./options.ts";
import { AS_DEPLOYED } from "./services.ts";
import { usageOf } from "./usage.ts";

type Recipe = Omit<CreateDatasetRequest, "packingId">;
interface Case {
  identities: number;
  images: number;
  recipe: Recipe;
}

const CASES: Record<string, Case> = {
  /** As the paper makes them: faces detected and aligned, in three exports. */
  whole: {
    identities: 1000,
    images: 16,
    recipe: { formats: ["webdataset", "recordio", "parquet"] },
  },
  /** Memory while very many are made: small, on no ground, and cut where the generator puts faces. */
  memory: {
    identities: 100,
    images: 1000,
    recipe: { align: "frame", ground: "none", size: 64, maxAttempts: 1, formats: ["webdataset"] },
  },
};

/** What was spent on a dataset so far, also by runs that were cut off. */
interface Spent {
  packSeconds: number;
  buildSeconds: number;
  cpuSeconds: number;
  peakMemoryMB: number;
  /** Memory at some counts of images. */
  memory: { images: number; MB: number }[];
}
const NOTHING: Spent = {
  packSeconds: 0,
  buildSeconds: 0,
  cpuSeconds: 0,
  peakMemoryMB: 0,
  memory: [],
};

/** Samples of memory over a dataset. */
const MEMORY_SAMPLES = 20;
const SPENT = "bench-dataset.json";

/**
 * From nothing to a dataset's files, by a server in a process of its own, whose memory and CPU these are. Under
 * `home` a run that was cut off goes on where it stood, with what it had spent.
 */
export async function benchDataset(options: BenchmarkOptions) {
  const found = CASES[options.case ?? "whole"];
  if (!found) return { skipped: `--case is ${Object.keys(CASES).join(" or ")}` };
  const { identities = found.identities, images = found.images } = options;
  const home = options.home ?? (await temporaryHome()).home;
  await mkdir(home, { recursive: true });
  try {
    return await measure(home, { ...found, identities, images });
  } finally {
    await endLeftovers();
  }
}

async function measure(home: string, { identities, images, recipe }: Case) {
  const loadBefore = loadavg()[0];
  const server = await startOne(home, AS_DEPLOYED);
  const file = join(home, SPENT);
  const spent: Spent = await readFile(file, "utf8").then(JSON.parse, () => ({
    ...NOTHING,
    memory: [],
  }));
  const before = { ...spent };
  let started = performance.now();
  const keep = async (stage: "packSeconds" | "buildSeconds") => {
    const { cpuSeconds, peakMB } = await usageOf(server.pid);
    spent[stage] = before[stage] + (performance.now() - started) / 1000;
    spent.cpuSeconds = before.cpuSeconds + cpuSeconds;
    spent.peakMemoryMB = Math.max(before.peakMemoryMB, peakMB);
    await writeFile(file, JSON.stringify(spent));
  };
  const packingId = await packFromNothing(server.hyperface, identities);
  if (spent.buildSeconds === 0) await keep("packSeconds");
  started = performance.now();
  const told = async (completed: number, total: number) => {
    const seconds = (performance.now() - started) / 1000;
    console.error(`${completed}/${total} samples, ${seconds.toFixed(0)} s`);
    await keep("buildSeconds");
    if (completed < ((spent.memory.length + 1) * total) / MEMORY_SAMPLES) return;
    spent.memory.push({ images: completed, MB: (await usageOf(server.pid)).residentMB });
  };
  const request = { ...recipe, packingId, imagesPerIdentity: images };
  const dataset = await buildDataset(server.hyperface, request, told);
  await keep("buildSeconds");
  await server.stop();
  const { made, missing, attempts, seconds, bytes } = dataset;
  const stages = { pack: spent.packSeconds, ...seconds };
  const all = Object.values(stages).reduce((a, b) => a + b, 0);
  return {
    ...{ identities, imagesPerIdentity: images, images: made, missing, attempts },
    seconds: spent.packSeconds + spent.buildSeconds,
    imagesPerSecond: made / spent.buildSeconds,
    cpuSecondsPerImage: spent.cpuSeconds / made,
    ...{ loadBefore, loadAfter: loadavg()[0], peakMemoryMB: spent.peakMemoryMB },
    memory: spent.memory,
    imageBytes: bytes,
    shares: Object.fromEntries(
      Object.entries(stages).map(([stage, value]) => [stage, value / all]),
    ),
  };
}

async function packFromNothing({ galleries, packings, jobs }: HyperFace, count: number) {
  const face = { source: "generator", count, seed: 1 } as const;
  const gallery = await galleries.create(face, { idempotencyKey: `bench-gallery-${count}` });
  await jobs.wait(gallery.jobId as string);
  const spec = { near: gallery.id, count, alpha: 1, seed: 1 };
  const packing = await packings.create(spec, { idempotencyKey: `bench-packing-${count}` });
  await jobs.wait(packing.jobId);
  return packing.id;
}

/** @param told awaited in turn, of every step */
async function buildDataset(
  { datasets, jobs }: HyperFace,
  request: CreateDatasetRequest,
  told: (completed: number, total: number) => Promise<void>,
) {
  const digest = createHash("sha256").update(JSON.stringify(request)).digest("hex");
  const idempotencyKey = `bench-dataset-${digest}`;
  const { id, jobId } = await datasets.create(request, { idempotencyKey });
  let last = (await jobs.get(jobId)).completed;
  for await (const event of jobs.events(jobId)) {
    // Events of before a cut are told again.
    if (event.type !== "progress" || event.completed <= last) continue;
    last = event.completed;
    await told(event.completed, event.total);
  }
  await jobs.wait(jobId);
  return datasets.get(id);
}
