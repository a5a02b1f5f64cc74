import { z } from "@hono/zod-openapi";
import { CreateDatasetRequest } from "./datasets.ts";
import { ResourceName } from "./galleries.ts";
import { GeneratorName } from "./generation.ts";
import { DatasetId, GalleryId, PackingId, SetId, SweepId } from "./ids.ts";
import { JobError, MakingJobId, ResourceStatus } from "./jobs.ts";
import { PackingOptimizer, settingsShape } from "./packing-spec.ts";
import { strictObject } from "./strict.ts";
import { Beta, orNull, Seed } from "./values.ts";

/** Most cells of a sweep. */
export const MAX_CELLS = 256;

/** The values that a sweep goes through on one axis, each once. */
const axis = <T extends z.ZodType>(value: T) =>
  z
    .array(value)
    .min(1)
    .max(MAX_CELLS)
    .refine(
      (values) => new Set(values.map((each) => JSON.stringify(each))).size === values.length,
      {
        message: "a value is named twice",
      },
    );

/** Cells of a grid: the product of its axes' lengths. */
const cellCount = (grid: Record<string, readonly unknown[]>) =>
  Object.values(grid).reduce((product, values) => product * values.length, 1);

/** A gallery that the sweep makes: faces of the generator's prior. */
const NewGallery = strictObject({
  count: z.int().min(1).max(1_000_000).openapi({ description: "Faces, n_gallery." }),
  generator: GeneratorName,
  seed: Seed.default(0),
});

const SweptGallery = z.union([SetId, NewGallery, z.literal("none")]);
const SweptBatch = z.union([settingsShape.batch.unwrap(), z.literal("full")]);

const { count, alpha } = settingsShape;

export const SweepGrid = strictObject({
  gallery: axis(SweptGallery).default(["none"]).openapi({
    description:
      "The set that identities are packed near (Tables 4 and 5): one there is, one to be drawn, or none.",
  }),
  identities: axis(count).openapi({ description: "Identities packed, n (Table 3)." }),
  optimizer: axis(PackingOptimizer).default(["adam"]).openapi({
    description: 'Of method "paper" (Table 14).',
  }),
  batch: axis(SweptBatch).default(["full"]).openapi({
    description: 'Points a step, of method "paper" (Table 10); full: every point.',
  }),
  alpha: axis(alpha.unwrap()).default([0.5]).openapi({
    description: "Weight of Eq. 2's gallery term (Table 6).",
  }),
  beta: axis(Beta).default([0.005]).openapi({ description: "Noise of Eq. 3 (Table 7)." }),
  imagesPerIdentity: axis(CreateDatasetRequest.shape.imagesPerIdentity.unwrap())
    .default([64])
    .openapi({ description: "Images of each identity (Table 2)." }),
})
  .refine((grid) => cellCount(grid) <= MAX_CELLS, {
    error: ({ input }) =>
      `a sweep has at most ${MAX_CELLS} cells: this grid has ${cellCount(input as Record<string, unknown[]>)}`,
  })
  .openapi("SweepGrid", {
    description: `Every combination of its values is a cell: up to ${MAX_CELLS}.`,
    example: { identities: [64], alpha: [0], beta: [0, 0.01], imagesPerIdentity: [8] },
  });
export type SweepGrid = z.infer<typeof SweepGrid>;

/** A point of the grid: a value of each axis. */
export const SweepPoint = z.object({
  gallery: SweptGallery,
  identities: z.int(),
  optimizer: PackingOptimizer,
  batch: SweptBatch,
  alpha: z.number(),
  beta: z.number(),
  imagesPerIdentity: z.int(),
});
export type SweepPoint = z.infer<typeof SweepPoint>;

const { method, loss, iterations, start, engine, learningRate } = settingsShape;
const { schedule, annealing, symmetry, plateau, minimumDistance, seed } = settingsShape;
const {
  name: _name,
  packingId: _packingId,
  identities: _identities,
  imagesPerIdentity: _imagesPerIdentity,
  beta: _beta,
  dryRun: _dryRun,
  formats,
  ...recipe
} = CreateDatasetRequest.shape;

/** What every cell has in common. */
const common = {
  packing: strictObject({
    ...{ method, loss, iterations, engine, learningRate },
    ...{ schedule, annealing, symmetry, plateau, minimumDistance, seed },
    start: start.unwrap().exclude(["set"]).optional().openapi({
      description: "Default: `gallery` where there is one, else `random`.",
    }),
  })
    .prefault({})
    .openapi({ description: "How each cell is packed, beside the grid." }),
  dataset: strictObject({ ...recipe, formats: formats.unwrap().default([]) })
    .prefault({})
    .openapi({ description: "How each cell's images are made, beside the grid." }),
};

export const CreateSweepRequest = strictObject({
  name: ResourceName,
  grid: SweepGrid,
  ...common,
  dryRun: z.boolean().default(false).openapi({
    description: "Make nothing: answer with what it would take.",
  }),
}).openapi("CreateSweepRequest");
export type CreateSweepRequest = z.infer<typeof CreateSweepRequest>;

/** A sweep's grid and what its cells have in common, with every default filled in. */
export const SweepSpec = z.object({ grid: SweepGrid, ...common }).openapi("SweepSpec");
export type SweepSpec = z.infer<typeof SweepSpec>;

export const Sweep = z
  .object({
    id: SweepId,
    name: z.string(),
    status: ResourceStatus,
    spec: SweepSpec,
    cells: z.int(),
    ready: z.int().openapi({ description: "Cells whose figures are known." }),
    failed: z.int().openapi({ description: "Cells that could not be made: the table says why." }),
    jobId: MakingJobId,
    createdAt: z.iso.datetime(),
  })
  .openapi("Sweep");
export type Sweep = z.infer<typeof Sweep>;

const figure = (description: string) => z.number().nullable().openapi({ description });

/** What a cell came to: figures of its dataset's certificate. Null where there is none of it. */
export const SweepFigures = z.object({
  made: figure("Images it has."),
  missing: figure("Samples given up."),
  attemptsPerImage: figure("Images drawn for each that was kept."),
  packingMaxCosine: figure("Largest cosine of two references."),
  packingNearestCosine: figure("Mean cosine of a reference with its nearest other."),
  packingRegulariser: figure("Mean cosine distance of a reference to its nearest in the gallery."),
  centreMaxCosine: figure("Largest cosine of two identities' centres."),
  centreNearestCosine: figure("Mean cosine of an identity's centre with its nearest other."),
  uniqueIdentities: figure("Identities whose nearest other centre is below 0.4."),
  similarity: figure("Mean cosine of an image with its reference."),
  otherSimilarity: figure("Mean cosine of an image with the nearest other reference."),
  consistency: figure("Mean cosine of an image with its identity's centre."),
  diversity: figure("Mean cosine distance of two images of an identity."),
  equalErrorRate: figure("Mean of ten folds."),
  equalErrorRateLow: figure("Lower end of its 95 % interval."),
  equalErrorRateHigh: figure("Upper end of its 95 % interval."),
  trueMatchRate: figure("At a false match rate of 0.001, mean of ten folds."),
  quality: figure("Mean, 0 to 1."),
});
export type SweepFigures = z.infer<typeof SweepFigures>;

/** A cell: where it is in the grid, what was made for it, what that is worth. */
export const SweepRow = z
  .object({
    cell: z.int(),
    status: ResourceStatus,
    ...SweepPoint.shape,
    ...SweepFigures.shape,
    galleryId: GalleryId.nullable().openapi({ description: "Where one was made for it." }),
    packingId: PackingId.nullable(),
    datasetId: DatasetId.nullable(),
    error: orNull(JobError),
  })
  .openapi("SweepRow");
export type SweepRow = z.infer<typeof SweepRow>;

/** One row a cell, in the grid's order; those that share a packing follow each other. */
export const SweepTable = z
  .object({ sweep: SweepId, status: ResourceStatus, rows: z.array(SweepRow) })
  .openapi("SweepTable");
export type SweepTable = z.infer<typeof SweepTable>;

/** What a sweep would take, from a packing and images begun and measured on this installation, now. */
export const SweepEstimate = z
  .object({
    cells: z.int(),
    galleries: z.int().openapi({ description: "Drawn for it." }),
    packings: z
      .int()
      .openapi({ description: "Cells that differ in their images alone share one." }),
    images: z.int(),
    bytes: z.int().openapi({ description: "Of all images." }),
    storedBytes: z.int().openapi({ description: "Of everything that is stored, exports too." }),
    seconds: z
      .object({ galleries: z.number(), packings: z.number(), datasets: z.number() })
      .openapi({ description: "One after another." }),
    imagesPerSecond: z.number(),
    measuredImages: z.int(),
  })
  .openapi("SweepEstimate");
export type SweepEstimate = z.infer<typeof SweepEstimate>;
