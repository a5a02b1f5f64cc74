import { loadavg } from "node:os";
import type { HyperFace } from "@hyperface/sdk";
import type { BenchmarkOptions } from "./options.ts";
import { withServices } from "./services.ts";

const IDENTITIES = 1000;
const IMAGES = 16;
const FORMATS = ["webdataset", "recordio", "parquet"] as const;

/** From nothing to a dataset's files: gallery, packing, images detected, aligned and embedded, three exports. */
export const benchDataset = ({ identities = IDENTITIES }: BenchmarkOptions) =>
  withServices(async (hyperface) => {
    // What else the machine does shows beside what it took.
    const loadBefore = loadavg()[0];
    const pack = await timed(() => packFromNothing(hyperface, identities));
    const before = process.cpuUsage();
    const build = await timed(() => buildDataset(hyperface, pack.result));
    const { user, system } = process.cpuUsage(before);
    const { made, missing, attempts, seconds, bytes } = build.result;
    const stages = { pack: pack.seconds, ...seconds };
    const spent = Object.values(stages).reduce((a, b) => a + b, 0);
    return {
      identities,
      imagesPerIdentity: IMAGES,
      images: made,
      missing,
      attempts,
      seconds: pack.seconds + build.seconds,
      imagesPerSecond: made / build.seconds,
      cpuSecondsPerImage: (user + system) / 1e6 / made,
      loadBefore,
      loadAfter: loadavg()[0],
      peakMemoryMB: process.resourceUsage().maxRSS / 1000,
      imageBytes: bytes,
      shares: Object.fromEntries(
        Object.entries(stages).map(([stage, value]) => [stage, value / spent]),
      ),
    };
  });

async function packFromNothing({ galleries, packings, jobs }: HyperFace, count: number) {
  const gallery = await galleries.create({ source: "generator", count, seed: 1 });
  await jobs.wait(gallery.jobId as string);
  const packing = await packings.create({ near: gallery.id, count, alpha: 1, seed: 1 });
  await jobs.wait(packing.jobId);
  return packing.id;
}

async function buildDataset({ datasets, jobs }: HyperFace, packingId: string) {
  const formats = [...FORMATS];
  const { id, jobId } = await datasets.create({ packingId, imagesPerIdentity: IMAGES, formats });
  await jobs.wait(jobId, (event) => {
    if (event.type === "progress") process.stderr.write(`\r${event.completed}/${event.total} `);
  });
  return datasets.get(id);
}

async function timed<T>(work: () => Promise<T>) {
  const started = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - started) / 1000 };
}
