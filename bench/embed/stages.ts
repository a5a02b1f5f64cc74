import { alignFace } from "@hyperface/embed-svc/align";
import { decodeImage, readHeader } from "@hyperface/embed-svc/decode";
import { type DetectorNetworks, detectFaces } from "@hyperface/embed-svc/detect";
import { createEmbedder } from "@hyperface/embed-svc/embedder";
import { createScene } from "@hyperface/embed-svc/pyramid";
import { createInferencePool, type ModelName, prepareModel } from "@hyperface/inference";
import { MODELS_HOME } from "./compare.ts";

const STAGES = ["decode", "detect", "align", "embed"] as const;
const LIMITS = { maxBytes: 2 ** 24, maxPixels: 1e8 };

/** What each stage takes of a photograph's time, alone on one core; shares of their sum. */
export async function measureStages(photographs: Uint8Array[]) {
  const pool = createInferencePool({ threads: 1 });
  const load = async (name: ModelName) =>
    pool.createSession((await prepareModel(name, MODELS_HOME)).bytes, { intraOpNumThreads: 1 });
  const networks: DetectorNetworks = {
    proposal: await load("mtcnn-pnet"),
    refinement: await load("mtcnn-rnet"),
    output: await load("mtcnn-onet"),
  };
  const layout = { dimension: 512, channels: "bgr", mean: 127.5, scale: 128 } as const;
  const batching = { name: "embed", size: 1, delay: 0, parallel: 1 };
  const embedder = createEmbedder(await load("mobilefacenet-512"), layout, batching);

  const milliseconds = { decode: 0, detect: 0, align: 0, embed: 0 };
  const spend = async <T>(stage: (typeof STAGES)[number], work: () => Promise<T>) => {
    const started = performance.now();
    const result = await work();
    milliseconds[stage] += performance.now() - started;
    return result;
  };
  const pass = async () => {
    for (const [k, bytes] of photographs.entries()) {
      const file = { bytes, name: `photograph ${k}` };
      const image = await spend("decode", async () =>
        decodeImage(file, await readHeader(file, LIMITS)),
      );
      const { faces } = await spend("detect", () => detectFaces(networks, createScene(image)));
      const [face] = faces;
      if (!face) throw new Error(`no face is found in photograph ${k}`);
      const aligned = await spend("align", async () => alignFace(image, face.landmarks));
      await spend("embed", () => embedder.embed(aligned, true));
    }
  };
  await pass();
  for (const stage of STAGES) milliseconds[stage] = 0;
  await pass();
  await pool.close();
  const total = STAGES.reduce((sum, stage) => sum + milliseconds[stage], 0);
  return Object.fromEntries(STAGES.map((stage) => [stage, milliseconds[stage] / total]));
}
