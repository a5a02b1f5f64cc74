import { HyperFaceError, type ResolvedPacking } from "@hyperface/contracts";
import { randomStream } from "@hyperface/hypersphere";
import { normaliseRows, pickRows, rowCount } from "@hyperface/vectors";
import { algebraicCode } from "./codes/algebraic.ts";
import { separateDuplicates } from "./duplicates.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { completeOrbits } from "./orbits.ts";
import { sampleDistinct } from "./sample.ts";
import type { PackingVectors } from "./solver.ts";

/** Redraws of the random baseline before it gives up. */
const MAX_REDRAWS = 200;

/**
 * The start of a packing: unit float32 rows, the frozen ones first; none that moves equals another.
 * @throws HyperFaceError `invalid-packing` where the start it asks for cannot be made
 */
export async function initialise(
  spec: ResolvedPacking,
  vectors: PackingVectors,
  kernels: Kernels,
): Promise<Float32Array> {
  const { dimension, seed } = spec;
  const points = await startOf(spec, vectors, kernels);
  if (vectors.extends) points.set(vectors.extends.data);
  completeOrbits(points, spec);
  separateDuplicates(points, dimension, { seed, from: spec.frozen });
  return points;
}

async function startOf(
  spec: ResolvedPacking,
  { near, start }: PackingVectors,
  kernels: Kernels,
): Promise<Float32Array> {
  const { count, dimension, seed } = spec;
  if (spec.start === "random") return randomStart(spec, kernels);
  if (spec.start === "code") return algebraicCode(count, dimension);
  const source = spec.start === "gallery" ? near : start;
  if (source === null) {
    const missing = spec.start === "gallery" ? "a gallery" : "a set to start from";
    throw new HyperFaceError("invalid-packing", `start "${spec.start}" needs ${missing}`);
  }
  if (spec.start === "set" && rowCount(source) !== count) {
    throw new HyperFaceError(
      "invalid-packing",
      `there are ${rowCount(source)} vectors to start from, for ${count} identities`,
    );
  }
  const indices =
    spec.start === "set" ? range(count) : galleryIndices(seed, count, rowCount(source));
  return pickRows(source, indices).data as Float32Array;
}

const range = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

/** Distinct gallery rows; where the gallery is the smaller set, all of them again and again. */
function galleryIndices(seed: number, count: number, size: number): Int32Array {
  const indices = new Int32Array(count);
  for (let start = 0, round = 0; start < count; start += size, round++) {
    const stream = randomStream(seed, "packing-gallery-start", round);
    indices.set(sampleDistinct(stream, Math.min(size, count - start), size), start);
  }
  return indices;
}

/** Uniform points; those nearer than `minimumDistance` to another are redrawn (Table 15). */
async function randomStart(
  { count, dimension, seed, minimumDistance }: ResolvedPacking,
  kernels: Kernels,
): Promise<Float32Array> {
  const data = new Float32Array(count * dimension);
  const draw = (i: number, attempt: number) => {
    const stream = randomStream(seed, "packing-start", i, attempt);
    const point = normaliseRows(stream.gaussian(dimension), dimension);
    data.set(point, i * dimension);
  };
  for (let i = 0; i < count; i++) draw(i, 0);
  if (minimumDistance === undefined) return data;
  for (let attempt = 1; attempt <= MAX_REDRAWS; attempt++) {
    const { cosine, index } = await kernels.nearestOther({ data, dimension });
    const near = [...cosine.keys()].filter((i) => 1 - (cosine[i] as number) < minimumDistance);
    if (near.length === 0) return data;
    // Of a near pair only the later point is redrawn, so each round keeps what already fits.
    for (const i of near) if (i > (index[i] as number)) draw(i, attempt);
  }
  throw new HyperFaceError(
    "invalid-packing",
    `${count} random points of dimension ${dimension} were not ${minimumDistance} apart after ${MAX_REDRAWS} rounds: ask for a smaller minimumDistance`,
  );
}
