import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadArc2Face } from "@hyperface/generate-svc/arc2face";
import { Arc2FaceManifest } from "@hyperface/generate-svc/arc2face-manifest";
import { randomStream } from "@hyperface/hypersphere";
import type { Provider } from "@hyperface/inference";
import { normalise } from "@hyperface/vectors";
import { median } from "../statistics.ts";
import { log } from "./networks.ts";

/** The paper's sampling: DPM-Solver++ of 25 steps, guidance 3. */
const SAMPLING = { steps: 25, guidance: 3 };
const ROUNDS = 3;
/** Images of a batch. */
const BATCHES = [1, 4];

/** Seconds of a picture, with its network's own side, by the images of a batch; the first is what loading left to do. */
export async function measurePortraits(device: Provider) {
  const folder = process.env.ARC2FACE;
  if (!folder) return { skipped: "ARC2FACE names no folder of a model" };
  // Half an hour a picture.
  if (device === "cpu") return { skipped: "the CPU takes too long" };
  const manifest = Arc2FaceManifest.parse(
    JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")),
  );
  const started = performance.now();
  const batching = { size: Math.max(...BATCHES), delay: 20 };
  const { generator, release } = await loadArc2Face(folder, manifest, { device, log, batching });
  const loadSeconds = secondsSince(started);
  const draw = (sample: number) => {
    const embedding = normalise(randomStream(1, "face").gaussian(manifest.embeddingDimension));
    const z = randomStream(sample, "z").gaussian(generator.latentDimension({}));
    const key = { seed: 1, identity: 0, sample };
    return generator.generate(embedding, z, {
      sampling: SAMPLING,
      key,
      draw: 0,
      signal: undefined,
    });
  };
  const firstStarted = performance.now();
  const { data } = await draw(0);
  const firstSeconds = secondsSince(firstStarted);
  const secondsPerImage: Record<number, number> = {};
  for (const batch of BATCHES) {
    const all = () => Promise.all(Array.from({ length: batch }, (_, k) => draw(k)));
    if (batch > 1) await all();
    const rounds: number[] = [];
    for (let k = 0; k < ROUNDS; k++) {
      const at = performance.now();
      await all();
      rounds.push(secondsSince(at) / batch);
    }
    secondsPerImage[batch] = median(rounds);
  }
  await release();
  const greys = new Set(data).size;
  return { size: manifest.size, ...SAMPLING, loadSeconds, firstSeconds, secondsPerImage, greys };
}

const secondsSince = (started: number) => (performance.now() - started) / 1000;
