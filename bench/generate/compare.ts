import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { randomStream } from "@hyperface/hypersphere";
import { createInferencePool, createPlainSession, type Session } from "@hyperface/inference";
import { normalise } from "@hyperface/vectors";
import { compareThroughput } from "../throughput.ts";

const FOLDER = new URL("../../apps/generate-svc/models/default/", import.meta.url);
const DIFFERENT = 8;

/** The default generator's network, one session a core as the service has it, against ONNX Runtime's own settings with all cores. */
export async function compareGenerators() {
  const manifest = JSON.parse(await readFile(new URL("manifest.json", FOLDER), "utf8"));
  const file = await readFile(new URL(manifest.files.generator.path, FOLDER));
  const [d, z] = [manifest.embeddingDimension, manifest.latentDimension] as [number, number];
  const feeds = Array.from({ length: DIFFERENT }, (_, k) => {
    const noise = (name: string, length: number) => randomStream(k, name).gaussian(length);
    return {
      embedding: { data: normalise(noise("embedding", d)), dims: [1, d] },
      z: { data: noise("z", z), dims: [1, z] },
    };
  });
  const cores = availableParallelism();
  const pool = createInferencePool({ threads: cores });
  const spread = await pool.createSession(file, { intraOpNumThreads: 1 });
  const plain = await createPlainSession(file);
  const draw = (session: Session) => (k: number) =>
    session.run(feeds[k % DIFFERENT] as (typeof feeds)[number]);
  const of = await compareThroughput({
    plain: { run: draw(plain), images: 1, atOnce: 1 },
    spread: { run: draw(spread), images: 1, atOnce: cores },
  });
  await pool.close();
  return {
    imagesPerSecond: of((round) => round.spread.imagesPerSecond),
    baselineImagesPerSecond: of((round) => round.plain.imagesPerSecond),
    ratio: of((round) => round.spread.imagesPerSecond / round.plain.imagesPerSecond),
  };
}
