import type { HyperFace } from "@hyperface/sdk";
import { median } from "../statistics.ts";

const BATCH = 8;
const BATCHES = 6;
const SINGLES = 21;
/** Samples that no other part of the bench asks for. */
const FIRST = 1000;

/** Images of a packing that nobody asked for before, through the gateway over HTTP, once it is warm. */
export async function measureSpeed(hyperface: HyperFace, packing: string) {
  const batch = (k: number) =>
    hyperface.images.create(packing, k, { count: BATCH, first: FIRST, beta: 0.005 });
  await batch(0);
  const before = process.cpuUsage();
  const batches = [];
  for (let k = 1; k <= BATCHES; k++) batches.push(await seconds(() => batch(k)));
  const { user, system } = process.cpuUsage(before);
  const singles = [];
  for (let k = 0; k < SINGLES; k++) {
    singles.push(await seconds(() => hyperface.images.get(packing, k, FIRST + BATCH)));
  }
  return {
    imagesPerSecondBatch8: BATCH / median(batches),
    cpuMillisecondsPerImage: (user + system) / 1000 / (BATCH * BATCHES),
    firstImageMillisecondsP50: 1000 * median(singles),
  };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
