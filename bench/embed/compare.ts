import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { toPlanar } from "@hyperface/embed-svc/pixels";
import {
  createInferencePool,
  createPlainSession,
  prepareModel,
  readShipped,
  type Session,
} from "@hyperface/inference";
import { compareThroughput } from "../throughput.ts";
import { readAligned } from "./variants.ts";

/** Where models are prepared. */
export const MODELS_HOME = join(tmpdir(), "hyperface-bench");
const MODEL = "mobilefacenet-512";
const FACES = 32;
/** Faces of one run of the prepared network; the shipped file takes one. */
const BATCH = 8;
const SIDE = { width: 112, height: 112 };
const LENGTH = 3 * 112 * 112;

export async function compareEmbedders() {
  const aligned = await readAligned(FACES);
  const faces = aligned.map((face) => toPlanar(face, SIDE, { order: [2, 1, 0] }));
  const cores = availableParallelism();
  const pool = createInferencePool({ threads: cores });
  const { bytes } = await prepareModel(MODEL, MODELS_HOME);
  const prepared = await pool.createSession(bytes, { intraOpNumThreads: 1 });
  const shipped = await readShipped(MODEL);
  const plain = await createPlainSession(shipped);
  const spread = await pool.createSession(shipped, { intraOpNumThreads: 1 });

  const [input] = plain.inputs as [string];
  const one = (k: number) => [faces[k % FACES] as Float32Array];
  const runPlain = (k: number) => embed(plain, input, one(k));
  const runSpread = (k: number) => embed(spread, input, one(k));
  const runPrepared = (k: number) =>
    embed(
      prepared,
      "input",
      Array.from({ length: BATCH }, (_, i) => faces[(k * BATCH + i) % FACES] as Float32Array),
    );
  const difference = await largestDifference(runPlain, runPrepared);
  const of = await compareThroughput({
    plain: { run: runPlain, images: 1, atOnce: 1 },
    spread: { run: runSpread, images: 1, atOnce: cores },
    prepared: { run: runPrepared, images: BATCH, atOnce: cores },
  });
  await pool.close();
  return {
    imagesPerSecond: of((round) => round.prepared.imagesPerSecond),
    baselineImagesPerSecond: of((round) => round.plain.imagesPerSecond),
    ratio: of(({ plain, prepared }) => prepared.imagesPerSecond / plain.imagesPerSecond),
    // The shipped file by the pool: what of the ratio is not the model's.
    baselineSessionPerCoreImagesPerSecond: of((round) => round.spread.imagesPerSecond),
    cpuMillisecondsPerImage: of((round) => round.prepared.cpuMilliseconds),
    baselineCpuMillisecondsPerImage: of((round) => round.plain.cpuMilliseconds),
    ...difference,
  };
}

async function embed(session: Session, input: string, faces: Float32Array[]) {
  const data = new Float32Array(faces.length * LENGTH);
  for (const [i, face] of faces.entries()) data.set(face, i * LENGTH);
  const outputs = await session.run({ [input]: { data, dims: [faces.length, 3, 112, 112] } });
  return Object.values(outputs)[0]?.data as Float32Array;
}

/** Of the raw outputs and of the unit embeddings. */
async function largestDifference(
  runPlain: (k: number) => Promise<Float32Array>,
  runPrepared: (k: number) => Promise<Float32Array>,
) {
  let output = 0;
  let unit = 0;
  for (let batch = 0; batch < FACES / BATCH; batch++) {
    const found = await runPrepared(batch);
    for (let i = 0; i < BATCH; i++) {
      const expected = await runPlain(batch * BATCH + i);
      const d = expected.length;
      const length = Math.hypot(...expected);
      for (let k = 0; k < d; k++) {
        const apart = Math.abs((found[i * d + k] as number) - (expected[k] as number));
        output = Math.max(output, apart);
        unit = Math.max(unit, apart / length);
      }
    }
  }
  return { largestDifference: output, largestDifferenceOfUnit: unit };
}
