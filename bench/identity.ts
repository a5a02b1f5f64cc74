import type { HyperFace } from "@hyperface/sdk";
import { dot, normalise } from "@hyperface/vectors";
import { generateGallery, pack } from "./packings.ts";
import { withServices } from "./services.ts";

const IDENTITIES = 256;
const SAMPLES = 4;
/** Images whose mean embedding stands for an identity under the judge, which has no reference of its own. */
const REFERENCE_IMAGES = 3;
const BETA = 0.005;

/**
 * Whether samples show their identity: each sample of each packed identity, embedded again, against
 * every packed reference; by the embedder the packing is made in, and by another one that judges.
 */
export const benchIdentity = () => withServices(measure);

async function measure(hyperface: HyperFace) {
  const near = await generateGallery(hyperface, 512, 4);
  const packing = await hyperface.packings.get(
    await pack(hyperface, { near, count: IDENTITIES, seed: 4 }),
  );
  const { embeddings: references } = await hyperface.packings.embeddings(packing.id);

  const own: Vectors[] = [];
  const judged: Vectors[] = [];
  const centres: number[][] = [];
  let detected = 0;
  for (let identity = 0; identity < IDENTITIES; identity++) {
    const take = async (options: { count: number; first: number; beta: number }) =>
      (await hyperface.images.create(packing.id, identity, options)).map(({ bytes }) => bytes);
    const samples = await take({ count: SAMPLES, first: 0, beta: BETA });
    const shown = await take({ count: REFERENCE_IMAGES, first: 100, beta: 0 });
    const first = await embed(hyperface, samples, "mobilefacenet-512");
    detected += first.length;
    own.push(first);
    judged.push(await embed(hyperface, samples, "mobilefacenet-192"));
    centres.push(centreOf(await embed(hyperface, shown, "mobilefacenet-192")));
  }
  const judge = matching(judged, centres);
  const plain = matching(own, references);
  return {
    identities: IDENTITIES,
    samples: IDENTITIES * SAMPLES,
    beta: BETA,
    detectionRate: detected / (IDENTITIES * SAMPLES),
    identitySimilarity: plain.similarity,
    nearestIsOwn: plain.rank1,
    judgeSimilarity: judge.similarity,
    judgeNearestIsOwn: judge.rank1,
    maxCosine: packing.metrics?.maxCosine,
    regulariser: packing.metrics?.regulariser,
  };
}

type Vectors = number[][];

async function embed(
  hyperface: HyperFace,
  files: Uint8Array[],
  model: "mobilefacenet-512" | "mobilefacenet-192",
): Promise<Vectors> {
  const options = { faces: "central", allowMissing: true, model } as const;
  const { images } = await hyperface.embeddings.create(files, options);
  return images.flatMap(({ faces }) => faces.map((face) => face.embedding));
}

function centreOf(vectors: Vectors): number[] {
  const length = vectors[0]?.length ?? 192;
  if (vectors.length === 0) return new Array(length).fill(0);
  const sum = Array.from({ length }, (_, k) =>
    vectors.reduce((total, vector) => total + (vector[k] as number), 0),
  );
  return [...normalise(sum)];
}

/** Share of samples nearest to their own reference of all, and their mean cosine to it. */
function matching(samples: Vectors[], references: Vectors) {
  let own = 0;
  let sum = 0;
  let count = 0;
  for (const [identity, vectors] of samples.entries()) {
    for (const vector of vectors) {
      const cosines = references.map((reference) => dot(reference, vector));
      const similarity = cosines[identity] as number;
      if (similarity === Math.max(...cosines)) own++;
      sum += similarity;
      count++;
    }
  }
  return { rank1: own / count, similarity: sum / count };
}
