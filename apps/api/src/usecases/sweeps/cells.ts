import {
  CreateDatasetRequest,
  CreatePackingRequest,
  type ModelReference,
  type SweepGrid,
  type SweepPoint,
  type SweepSpec,
} from "@hyperface/contracts";

/** The axes by which packings differ; by `beta` and `imagesPerIdentity` datasets alone do. */
const PACKING_AXES = ["gallery", "identities", "optimizer", "batch", "alpha"] as const;

/** Every point of a grid, those of a packing together. */
export function pointsOf(grid: SweepGrid): SweepPoint[] {
  const axes = [...PACKING_AXES, "beta", "imagesPerIdentity"] as const;
  let points: object[] = [{}];
  for (const axis of axes) {
    points = points.flatMap((point) => grid[axis].map((value) => ({ ...point, [axis]: value })));
  }
  return points as SweepPoint[];
}

/** What says whether two points have the same gallery, or packing. */
export const galleryKey = ({ gallery }: SweepPoint) => JSON.stringify(gallery);
export const packingKey = (point: SweepPoint) =>
  JSON.stringify(PACKING_AXES.map((axis) => point[axis]));

/** The first point of each group that has the same key. */
export const firstOfEach = (
  points: readonly SweepPoint[],
  keyOf: (point: SweepPoint) => string,
) => [...new Map(points.toReversed().map((point) => [keyOf(point), point])).values()];

/** @param near the id of the point's gallery, undefined where it has none */
export function packingOf(
  { packing }: SweepSpec,
  { gallery: _, identities, batch, alpha, optimizer }: SweepPoint,
  { near, model, name = "" }: { near: string | undefined; model: ModelReference; name?: string },
): CreatePackingRequest {
  return CreatePackingRequest.parse({
    ...packing,
    ...{ name, count: identities, alpha, optimizer },
    ...(batch === "full" ? {} : { batch }),
    ...(near ? { near } : { model: model.name }),
  });
}

export const datasetOf = (
  { dataset }: SweepSpec,
  { beta, imagesPerIdentity }: SweepPoint,
  { packingId, name = "" }: { packingId: string; name?: string },
): CreateDatasetRequest =>
  CreateDatasetRequest.parse({ ...dataset, name, packingId, beta, imagesPerIdentity });
