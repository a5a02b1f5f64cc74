import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startAll } from "@hyperface/all";
import { createProgress } from "@hyperface/cli/progress";
import { createHyperFace } from "@hyperface/sdk";
import { createLogger } from "@hyperface/service-kit";
import { drawContactSheet } from "./contact-sheet.ts";
import { drawPackingPlot } from "./packing-plot.ts";
import { BETAS, makeGallery, measureSamples, packIdentities, sampleImages } from "./steps.ts";

// npm run demo -- --out DIR: a gallery, a packing and samples of its identities, all through the API.
const out = await outputFolder().catch((error: Error) => {
  console.error(`npm run demo -- --out DIR: ${error.message}`);
  process.exit(2);
});

const started = performance.now();
const home = await mkdtemp(join(tmpdir(), "hyperface-demo-"));
const variables = { PORT: "0", HOST: "127.0.0.1", HYPERFACE_HOME: home };
const server = await startAll(variables, createLogger("demo", "warn"));
const progress = createProgress();
try {
  const hyperface = createHyperFace({ baseUrl: server.url });
  const gallery = await makeGallery(hyperface, progress);
  const { packing, start, history } = await packIdentities(hyperface, progress, gallery.id);
  const samples = await sampleImages(hyperface, progress, packing);
  const figures = await measureSamples(hyperface, progress, packing, samples);
  progress.stop();

  const write = (name: string, bytes: Uint8Array | string) => writeFile(join(out, name), bytes);
  const nearest = async (id: string) => {
    const cosines: number[] = [];
    for await (const identity of hyperface.identities.list(id))
      cosines.push(identity.nearest.cosine);
    return cosines;
  };
  const identities = samples.map(({ identity }) => identity);
  const images = samples.map((sample) => sample.images);
  await write("contact-sheet.png", await drawContactSheet({ images, identities, betas: BETAS }));
  await write(
    "packing.png",
    await drawPackingPlot({
      history: history.map(({ iteration, maxCosine, nearestCosine }) => ({
        iteration,
        maxCosine,
        meanNearestCosine: nearestCosine.mean,
      })),
      before: await nearest(start.id),
      after: await nearest(packing.id),
    }),
  );
  await write("embeddings.npy", await hyperface.packings.embeddingsNpy(packing.id));
  const summary = {
    identities: packing.count,
    images: images.flat(2).length,
    maxCosineBefore: history[0]?.maxCosine,
    maxCosineAfter: history.at(-1)?.maxCosine,
    identitySimilarity: figures.find(({ beta }) => beta === 0.005)?.identitySimilarity,
    seconds: (performance.now() - started) / 1000,
  };
  const report = { ...summary, gallery, packing, sampledIdentities: identities, byBeta: figures };
  await write("report.json", `${JSON.stringify({ ...report, history }, null, 2)}\n`);
  console.error(`\nwritten to ${out}: contact-sheet.png packing.png embeddings.npy report.json`);
  console.log(JSON.stringify(summary));
} finally {
  progress.stop();
  await server.close();
  await rm(home, { recursive: true, force: true });
}

async function outputFolder(): Promise<string> {
  const { values } = parseArgs({ options: { out: { type: "string", default: "demo-out" } } });
  const folder = resolve(values.out);
  await mkdir(folder, { recursive: true });
  return folder;
}
