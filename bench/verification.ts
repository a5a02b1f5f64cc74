import { readdir, readFile } from "node:fs/promises";
import { createEmbedService, Environment } from "@hyperface/embed-svc";
import { cosine } from "@hyperface/hypersphere";
import { createLogger, readEnvironment } from "@hyperface/service-kit";

/** Beside the repository, never in it: consenting adults of the Face Research Lab London Set. */
const PHOTOGRAPHS = new URL("../../shared/london/", import.meta.url);
const FOLDS = 10;

/**
 * Verification accuracy of the embed pipeline (detect, align, flip-sum) on photographs of people, two
 * each: 10 folds of people, the threshold of each fold chosen on the others (LFW's protocol). There
 * are many more impostor pairs than genuine ones, so both kinds weigh the same.
 */
export async function benchVerification() {
  const files = (await readdir(PHOTOGRAPHS)).filter((file) =>
    /_(neutral|smiling)\.jpg$/.test(file),
  );
  const environment = readEnvironment(Environment);
  const logger = createLogger("bench", "warn");
  const { app, close } = createEmbedService({ environment, logger });
  const found = new Map<string, number[]>();
  const started = performance.now();
  for (const file of files) {
    const response = await app.request("/v1/embeddings?faces=largest&allowMissing=true", {
      method: "POST",
      headers: { "content-type": "image/jpeg" },
      body: await readFile(new URL(file, PHOTOGRAPHS)),
    });
    const { images } = (await response.json()) as {
      images: { faces: { embedding: number[] }[] }[];
    };
    const face = images[0]?.faces[0];
    if (face) found.set(file, face.embedding);
  }
  const seconds = (performance.now() - started) / 1000;
  await close();

  const ids = [...new Set(files.map((file) => file.slice(0, 3)))].filter(
    (id) => found.has(`${id}_neutral.jpg`) && found.has(`${id}_smiling.jpg`),
  );
  const pairs = ids.flatMap((a, i) =>
    ids.map((b) => ({
      fold: i % FOLDS,
      same: a === b,
      similarity: cosine(
        found.get(`${a}_neutral.jpg`) as number[],
        found.get(`${b}_smiling.jpg`) as number[],
      ),
    })),
  );
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const threshold = bestThreshold(pairs.filter((pair) => pair.fold !== fold));
    const tested = pairs.filter((pair) => pair.fold === fold);
    return { threshold, accuracy: accuracy(tested, threshold) };
  });
  return {
    photographs: files.length,
    detectionRate: found.size / files.length,
    people: ids.length,
    accuracy: mean(folds.map((fold) => fold.accuracy)),
    threshold: mean(folds.map((fold) => fold.threshold)),
    genuineMean: mean(pairs.filter(({ same }) => same).map(({ similarity }) => similarity)),
    impostorMean: mean(pairs.filter(({ same }) => !same).map(({ similarity }) => similarity)),
    imagesPerSecond: files.length / seconds,
  };
}

interface Pair {
  same: boolean;
  similarity: number;
}

function accuracy(pairs: Pair[], threshold: number): number {
  const share = (same: boolean) => {
    const kind = pairs.filter((pair) => pair.same === same);
    return kind.filter(({ similarity }) => similarity >= threshold === same).length / kind.length;
  };
  return (share(true) + share(false)) / 2;
}

/** The middle of the thresholds that are best. */
function bestThreshold(pairs: Pair[]): number {
  const steps = Array.from({ length: 401 }, (_, k) => k / 400);
  const scores = steps.map((threshold) => accuracy(pairs, threshold));
  const best = Math.max(...scores);
  const ties = steps.filter((_, k) => scores[k] === best);
  return mean([Math.min(...ties), Math.max(...ties)]);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
