import {
  CreatePackingRequest,
  type LoadedGenerator,
  resolvePacking,
  type SweepEstimate,
  type SweepPoint,
  type SweepSpec,
} from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { collectSoon, disownObjects, forgetKey, reserveKey } from "../../jobs/objects.ts";
import { resolveRecipe } from "../datasets/create.ts";
import { measureRecipe } from "../datasets/estimate.ts";
import { findForbidden } from "../datasets/recipe.ts";
import { packingSpec } from "../packings/create.ts";
import { heldSet, openComparedSet } from "../sets/compared.ts";
import { findReadySet } from "../sets/find.ts";
import { datasetOf, firstOfEach, galleryKey, packingKey, packingOf } from "./cells.ts";
import { planSweep } from "./create.ts";

/** Identities whose images are measured, and points of the packing that is. */
const MEASURED_IDENTITIES = 32;
const MEASURED_POINTS = 2000;
/** How long that packing is stepped, seconds. */
const PACKING_SECONDS = 1;

/**
 * What a sweep would take: a packing is begun, first images are made, and both are measured.
 * @throws HyperFaceError as creating it would
 */
export async function estimateSweep(
  deps: Dependencies,
  spec: SweepSpec,
  signal: AbortSignal,
): Promise<SweepEstimate> {
  const { points, generator } = await planSweep(deps, spec);
  const packings = firstOfEach(points, packingKey);
  const drawn = firstOfEach(points, galleryKey).filter(
    ({ gallery }) => typeof gallery === "object",
  );
  const measured = await measureImages(deps, spec, points[0] as SweepPoint, { generator, signal });
  const most = Math.max(...packings.map(({ identities }) => identities));
  const count = Math.min(MEASURED_POINTS, most);
  const request = CreatePackingRequest.parse({
    ...{ count, method: spec.packing.method, alpha: 0, start: "random", symmetry: { cyclic: 1 } },
  });
  const pairsPerSecond = await measurePairs(deps, request, { generator, signal });
  const sizes = await gallerySizes(deps, spec);
  const pairs = packings.map((point) => {
    const near = point.gallery === "none" || point.alpha === 0 ? 0 : sizes.get(galleryKey(point));
    return pairsOf(spec, point, { near: near ?? 0, generator });
  });
  const images = sum(points.map((point) => point.identities * point.imagesPerIdentity));
  const faces = sum(drawn.map((point) => sizes.get(galleryKey(point)) as number));
  const { imagesPerSecond } = measured;
  return {
    cells: points.length,
    galleries: drawn.length,
    packings: packings.length,
    images,
    bytes: Math.round(images * measured.bytesPerImage),
    storedBytes: Math.round(images * measured.storedBytesPerImage),
    seconds: {
      galleries: faces / imagesPerSecond,
      packings: sum(pairs) / pairsPerSecond,
      datasets: images / imagesPerSecond,
    },
    imagesPerSecond,
    measuredImages: measured.images,
  };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Vectors of each gallery of the grid, by its key. */
async function gallerySizes(deps: Dependencies, { grid }: SweepSpec): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const gallery of grid.gallery) {
    if (gallery === "none") continue;
    const { count } = typeof gallery === "string" ? await findReadySet(deps, gallery) : gallery;
    sizes.set(JSON.stringify(gallery), count);
  }
  return sizes;
}

interface Measuring {
  generator: LoadedGenerator;
  signal: AbortSignal;
}

/** Images of identities of the generator's own, as the first cell has them. */
async function measureImages(
  deps: Dependencies,
  sweep: SweepSpec,
  point: SweepPoint,
  { generator, signal }: Measuring,
) {
  const { embedder: model, embeddingDimension: dimension, name } = generator;
  const packing = { id: "pak_estimate", count: MEASURED_IDENTITIES, model, dimension };
  const request = datasetOf(sweep, point, { packingId: packing.id });
  const { spec } = await resolveRecipe(deps, { ...request, formats: [] }, packing);
  const sampled = await deps.generate.sampleIdentities(
    { generator: name, count: packing.count, seed: spec.seed, offset: 0 },
    signal,
  );
  const forbidden = spec.leakage
    ? await openComparedSet(deps, await findForbidden(deps, spec.leakage, packing))
    : null;
  const references = heldSet(sampled.embeddings, dimension);
  const formats = request.formats.filter((format) => format !== "verification");
  const recipe = { spec: { ...spec, formats }, packing, generator, references, forbidden };
  return measureRecipe(deps, recipe, signal);
}

/** Pairs of points that a packing without a gallery compares in a second. */
async function measurePairs(
  deps: Dependencies,
  request: CreatePackingRequest,
  { generator, signal }: Measuring,
): Promise<number> {
  const { embedder: model, embeddingDimension: dimension } = generator;
  const spec = packingSpec(request, { dimension });
  const [outputKey, resultKey] = await Promise.all(
    ["checkpoints", "sets"].map((folder) => reserveKey(deps.db, `packings/pak_estimate/${folder}`)),
  );
  const slice = { spec, model, checkpointKey: null, reportAfter: -1 };
  const keys = { outputKey: outputKey as string, resultKey: resultKey as string };
  const budgetSeconds = PACKING_SECONDS;
  try {
    const { metrics } = await deps.optimizer.runSlice({ ...slice, ...keys, budgetSeconds }, signal);
    return metrics.iterationsPerSecond * request.count ** 2;
  } finally {
    for (const key of Object.values(keys)) await forgetKey(deps.db, key);
    await disownObjects(deps.db, Object.values(keys));
    collectSoon(deps);
  }
}

/** Pairs that all steps of a cell's packing compare. @param near vectors of its gallery */
function pairsOf(
  sweep: SweepSpec,
  point: SweepPoint,
  { near, generator }: { near: number; generator: LoadedGenerator },
): number {
  const { embedder: model, embeddingDimension: dimension } = generator;
  const gallery = point.gallery === "none" ? undefined : "gal_planned";
  const spec = packingSpec(packingOf(sweep, point, { near: gallery, model }), { dimension });
  const { iterations, symmetry } = resolvePacking(spec);
  const moved = point.batch === "full" ? point.identities : point.batch;
  return (iterations * moved * (point.identities + near)) / symmetry.cyclic;
}
