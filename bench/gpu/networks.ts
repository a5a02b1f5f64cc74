import { readFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream } from "@hyperface/hypersphere";
import {
  createInferencePool,
  type Floats,
  type Provider,
  prepareModel,
  type Session,
} from "@hyperface/inference";
import { median } from "../statistics.ts";

const BATCHES = [1, 8, 64];
/** One session a core gains nothing by more. */
const BATCHES_OF_CPU = [8];
const ROUNDS = 3;
const SECONDS = 0.7;
/** Batches under way on a GPU: while it computes one, the next is copied. */
const AHEAD = 3;

type Feeds = (batch: number) => Record<string, Floats>;

export async function measureEmbedder(device: Provider) {
  const { bytes } = await prepareModel("mobilefacenet-512", join(tmpdir(), "hyperface-bench"));
  return measure(device, bytes, "output", (batch) => ({
    input: values([batch, 3, 112, 112], 0.5),
  }));
}

const FOLDER = new URL("../../apps/generate-svc/models/default/", import.meta.url);

export async function measureGenerator(device: Provider) {
  const manifest = JSON.parse(await readFile(new URL("manifest.json", FOLDER), "utf8"));
  const file = await readFile(new URL(manifest.files.generator.path, FOLDER));
  const { embeddingDimension: d, latentDimension: k } = manifest;
  return measure(device, file, "image", (batch) => ({
    embedding: values([batch, d], d ** -0.5),
    z: values([batch, k], 1),
  }));
}

/** Images a second, by the images of a batch; and how far the outputs are from the CPU's, as a share of their largest. */
async function measure(device: Provider, model: Uint8Array, output: string, feeds: Feeds) {
  const pool = createInferencePool({ device, log });
  const session = await pool.createSession(model, { intraOpNumThreads: 1 });
  const [atOnce, batches] =
    device === "cpu" ? [availableParallelism(), BATCHES_OF_CPU] : [AHEAD, BATCHES];
  const imagesPerSecond: Record<number, number> = {};
  for (const batch of batches) {
    imagesPerSecond[batch] = batch * (await runsPerSecond(session, feeds(batch), atOnce));
  }
  const found = await session.run(feeds(8));
  await pool.close();
  const difference = await differenceFromCpu(model, output, feeds(8), found[output] as Floats);
  return { imagesPerSecond, largestDifferenceFromCpu: difference };
}

async function runsPerSecond(session: Session, feeds: ReturnType<Feeds>, atOnce: number) {
  const forSeconds = async (seconds: number) => {
    let runs = 0;
    const started = performance.now();
    const work = async () => {
      while (performance.now() - started < 1000 * seconds) {
        await session.run(feeds);
        runs += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return runs / ((performance.now() - started) / 1000);
  };
  // A thread's session is loaded at its first run, a provider's algorithms are chosen at a shape's.
  await forSeconds(0.1);
  const rounds: number[] = [];
  for (let k = 0; k < ROUNDS; k++) rounds.push(await forSeconds(SECONDS));
  return median(rounds);
}

async function differenceFromCpu(
  model: Uint8Array,
  output: string,
  feeds: ReturnType<Feeds>,
  found: Floats,
) {
  const pool = createInferencePool({ threads: 1 });
  const session = await pool.createSession(model);
  const { data } = (await session.run(feeds))[output] as Floats;
  await pool.close();
  const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return (
    data.reduce((most, x, k) => Math.max(most, Math.abs(x - (found.data[k] as number))), 0) /
    largest
  );
}

/** Normal, of that standard deviation. */
function values(dims: number[], scale: number): Floats {
  const length = dims.reduce((product, n) => product * n);
  const data = randomStream(1, "bench-gpu").gaussian(length);
  return { data: data.map((x) => scale * x), dims };
}

/** A network that the provider cannot load would run on the CPU in its place, and be taken for it. */
export const log = {
  info() {},
  warn(_: object, message: string) {
    throw new Error(message);
  },
};
