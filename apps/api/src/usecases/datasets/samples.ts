import { createHash } from "node:crypto";
import type { DatasetSeconds, DatasetSpec, NearestResponse } from "@hyperface/contracts";
import { dot } from "@hyperface/vectors";
import type { Dependencies } from "../../dependencies.ts";
import { drawReferences } from "../identities/drawn.ts";
import { type Draw, type DrawnImage, drawImages } from "./draw.ts";
import type { ImageRow, MissingSample } from "./part.ts";
import { estimatePose } from "./pose.ts";
import type { Recipe } from "./recipe.ts";

/** Attempts of a sample are this far apart among the samples of the packing, whatever the dataset's size. */
const ATTEMPT_STRIDE = 2 ** 20;

export interface KeptImage {
  row: ImageRow;
  bytes: Uint8Array;
  embedding: Float32Array;
}

/** What became of a sample. */
export type Outcome = { image: KeptImage; attempts: number } | { missing: MissingSample };

interface Sample {
  identity: number;
  sample: number;
}

/** Samples `start` to `start + count - 1`, counted over all identities. */
export function samplesFrom(spec: DatasetSpec, start: number, count: number): Sample[] {
  const { identities, imagesPerIdentity } = spec;
  return Array.from({ length: count }, (_, k) => ({
    identity: identities.from + Math.floor((start + k) / imagesPerIdentity),
    sample: (start + k) % imagesPerIdentity,
  }));
}

/**
 * An image of each sample that passes the filters, by as many attempts as the recipe allows: each with random
 * numbers of its own, the first that passes is kept. A pure function of recipe and samples.
 */
export async function makeSamples(
  deps: Dependencies,
  recipe: Recipe,
  samples: readonly Sample[],
  options: { signal?: AbortSignal; seconds?: DatasetSeconds } = {},
): Promise<Outcome[]> {
  const { maxAttempts } = recipe.spec;
  const reasons: string[][] = samples.map(() => []);
  const kept: (KeptImage | undefined)[] = samples.map(() => undefined);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const open = samples.map((_, k) => k).filter((k) => !kept[k]);
    if (open.length === 0) break;
    const draws = open.map((k) => {
      const { identity, sample } = samples[k] as Sample;
      return { identity, drawn: sample + attempt * ATTEMPT_STRIDE };
    });
    const drawn = await drawImages(deps, recipe, draws, options);
    const resemblances = await compare(deps, recipe, { draws, drawn }, options.signal);
    for (const [i, k] of open.entries()) {
      const image = drawn[i];
      const which = { ...(samples[k] as Sample), attempt };
      const found = image && describe(recipe.spec, which, image, resemblances[i] as Resemblance);
      const reason = found ? whyRefused(found.row, recipe.spec) : "no face found";
      if (found && reason === null) kept[k] = found;
      else reasons[k]?.push(reason as string);
    }
  }
  return samples.map((sample, k): Outcome => {
    const image = kept[k];
    const own = reasons[k] as string[];
    return image ? { image, attempts: own.length + 1 } : { missing: { ...sample, reasons: own } };
  });
}

const digits = (value: number, count: number) => String(value).padStart(count, "0");

/** What an image resembles. */
interface Resemblance {
  similarity: number;
  drawnSimilarity: number;
  other: Nearest;
  forbidden: Nearest;
}
type Nearest = NearestResponse["nearest"][number];

/** What each drawn image resembles; undefined where no face was found. */
async function compare(
  deps: Dependencies,
  recipe: Recipe,
  { draws, drawn }: { draws: readonly Draw[]; drawn: readonly (DrawnImage | null)[] },
  signal?: AbortSignal,
): Promise<(Resemblance | undefined)[]> {
  const { references, forbidden } = recipe;
  const seen = drawn.flatMap((image, i) => (image ? [{ image, i }] : []));
  const embeddings = seen.map(({ image }) => image.embedding);
  const own = seen.map(({ i }) => (draws[i] as Draw).identity);
  const [vectors, moved, others, forbiddens] = await Promise.all([
    references.vectors(own),
    compareDrawn(deps, recipe, own, signal),
    references.nearest(embeddings, own, signal),
    forbidden?.nearest(embeddings, undefined, signal),
  ]);
  const found: (Resemblance | undefined)[] = drawn.map(() => undefined);
  for (const [k, { i }] of seen.entries()) {
    found[i] = {
      similarity: dot(vectors[k] as Float32Array, embeddings[k] as Float32Array),
      drawnSimilarity: moved.get(own[k] as number) ?? 1,
      other: others[k] ?? null,
      forbidden: forbiddens?.[k] ?? null,
    };
  }
  return found;
}

/** Of each identity, the cosine of its reference as it is drawn with the reference; of none where nothing is drawn. */
async function compareDrawn(
  deps: Dependencies,
  { spec, references }: Recipe,
  identities: readonly number[],
  signal?: AbortSignal,
): Promise<Map<number, number>> {
  const distinct = [...new Set(identities)];
  if (!spec.draw || distinct.length === 0) return new Map();
  const vectors = await references.vectors(distinct);
  const { drawn } = await drawReferences(deps, spec, vectors, signal);
  return new Map(distinct.map((identity, k) => [identity, drawn[k]?.cosine as number]));
}

/** An image's row of the manifest. */
function describe(
  spec: DatasetSpec,
  { identity, sample, attempt }: Sample & { attempt: number },
  { bytes, provenance, embedding, quality, detection }: DrawnImage,
  { similarity, drawnSimilarity, other, forbidden }: Resemblance,
): KeptImage {
  const landmarks = detection?.landmarks ?? null;
  const pose = landmarks ? estimatePose(landmarks) : { yaw: null, pitch: null, roll: null };
  const row: ImageRow = {
    key: `${digits(identity, 7)}-${digits(sample, 5)}`,
    identity,
    label: identity - spec.identities.from,
    sample,
    drawn: sample + attempt * ATTEMPT_STRIDE,
    attempts: attempt + 1,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
    ...{ similarity, drawnSimilarity },
    nearestOther: other?.index ?? null,
    nearestOtherSimilarity: other?.cosine ?? null,
    forbiddenNearest: forbidden?.index ?? null,
    forbiddenSimilarity: forbidden?.cosine ?? null,
    quality,
    detectionScore: detection?.score ?? null,
    landmarks,
    ...pose,
    provenance,
  };
  return { row, bytes, embedding };
}

/** Why an image is not kept; null where it is. */
function whyRefused(row: ImageRow, { filters, leakage }: DatasetSpec): string | null {
  const { minSimilarity, maxOtherSimilarity, minDetectionScore, maxYaw, maxPitch, maxRoll } =
    filters;
  const limits = [
    ["similarity", row.similarity, minSimilarity, 1],
    ["detection score", row.detectionScore, minDetectionScore, 1],
    ["similarity to another identity", row.nearestOtherSimilarity, maxOtherSimilarity, -1],
    ["similarity to the set of leakage", row.forbiddenSimilarity, leakage?.maxSimilarity, -1],
    ["yaw", row.yaw && Math.abs(row.yaw), maxYaw, -1],
    ["pitch", row.pitch && Math.abs(row.pitch), maxPitch, -1],
    ["roll", row.roll && Math.abs(row.roll), maxRoll, -1],
  ] as const;
  for (const [what, value, limit, sign] of limits) {
    if (limit === undefined || value === null || sign * value >= sign * limit) continue;
    return `${what} ${value.toFixed(3)} is ${sign > 0 ? "below" : "above"} ${limit}`;
  }
  return null;
}
