import { availableParallelism, loadavg } from "node:os";
import type { HyperFace } from "@hyperface/sdk";
import { compareEmbedders } from "./embed/compare.ts";
import { measureStages } from "./embed/stages.ts";
import { readPhotographs } from "./embed/variants.ts";
import { withServices } from "./services.ts";

/** Photographs of a request, and requests under way at once. */
const BATCH = 16;
const SECONDS = 8;

/**
 * Embedding: the prepared 512-d network, one session a core, against ONNX Runtime on the file as it is shipped with all cores;
 * and the service's whole pipeline, photographs of 512 pixels as JPEG to flip-summed embeddings, over HTTP.
 */
export async function benchEmbed() {
  const load = loadavg()[0];
  const photographs = await readPhotographs(BATCH);
  return {
    ...(await compareEmbedders()),
    pipelineImagesPerSecond: await withServices((hyperface) => pipeline(hyperface, photographs)),
    stages: await measureStages(photographs),
    loadBefore: load,
  };
}

async function pipeline(hyperface: HyperFace, photographs: Uint8Array[]): Promise<number> {
  const embed = () => hyperface.embeddings.create(photographs, { faces: "largest" });
  await embed();
  let images = 0;
  const started = performance.now();
  const work = async () => {
    while (performance.now() - started < 1000 * SECONDS) {
      await embed();
      images += photographs.length;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return (1000 * images) / (performance.now() - started);
}
