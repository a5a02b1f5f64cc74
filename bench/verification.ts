import { createEmbedService, Environment } from "@hyperface/embed-svc";
import { cosine } from "@hyperface/hypersphere";
import { createLogger, readEnvironment } from "@hyperface/service-kit";
import { readLondon } from "./photographs.ts";
import { mean } from "./statistics.ts";
import { tenFolds } from "./ten-folds.ts";

/** Verification accuracy of the embed pipeline (detect, align, flip-sum) on photographs of people, two each. */
export async function benchVerification() {
  const photographs = await readLondon();
  const environment = readEnvironment(Environment);
  const logger = createLogger("bench", "warn");
  const { app, close } = createEmbedService({ environment, logger });
  const found = new Map<string, number[]>();
  const started = performance.now();
  for (const { name, bytes } of photographs) {
    const response = await app.request("/v1/embeddings?faces=central&allowMissing=true", {
      method: "POST",
      headers: { "content-type": "image/jpeg" },
      body: bytes as Uint8Array<ArrayBuffer>,
    });
    const { images } = (await response.json()) as {
      images: { faces: { embedding: number[] }[] }[];
    };
    const face = images[0]?.faces[0];
    if (face) found.set(name, face.embedding);
  }
  const seconds = (performance.now() - started) / 1000;
  await close();

  const ids = [...new Set(photographs.map(({ name }) => name.slice(0, 3)))].filter(
    (id) => found.has(`${id}_neutral.jpg`) && found.has(`${id}_smiling.jpg`),
  );
  const similarities = ids.map((a) =>
    ids.map((b) =>
      cosine(found.get(`${a}_neutral.jpg`) as number[], found.get(`${b}_smiling.jpg`) as number[]),
    ),
  );
  const genuine = similarities.map((row, i) => row[i] as number);
  const impostor = similarities.flatMap((row, i) => row.filter((_, j) => i !== j));
  return {
    photographs: photographs.length,
    detectionRate: found.size / photographs.length,
    people: ids.length,
    ...tenFolds(similarities),
    genuineMean: mean(genuine),
    impostorMean: mean(impostor),
    imagesPerSecond: photographs.length / seconds,
  };
}
