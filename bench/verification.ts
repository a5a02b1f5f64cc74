import { cosine } from "@hyperface/hypersphere";
import { withEmbedder } from "./embedder.ts";
import { readLondon } from "./photographs.ts";
import { mean } from "./statistics.ts";
import { tenFolds } from "./ten-folds.ts";

/** Verification accuracy of the embed pipeline (detect, align, flip-sum) on photographs of people, two each. */
export async function benchVerification() {
  const photographs = await readLondon();
  const found = new Map<string, number[]>();
  const seconds = await withEmbedder(async (embed) => {
    const started = performance.now();
    for (const { name, bytes } of photographs) {
      const face = await embed(bytes, "image/jpeg");
      if (face) found.set(name, face.embedding);
    }
    return (performance.now() - started) / 1000;
  });

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
