import { z } from "@hono/zod-openapi";
import { DatasetConditions } from "./conditions.ts";
import { ResourceName } from "./galleries.ts";
import { GeneratorName, ImageFormat, ImageSize } from "./generation.ts";
import { DatasetId, PackingId, SetId } from "./ids.ts";
import { MakingJobId, ResourceStatus } from "./jobs.ts";
import { SamplingFields } from "./sampling.ts";
import { strictObject } from "./strict.ts";
import { Beta, Index, ModelReference, Seed, Sha256 } from "./values.ts";

export const Align = z.enum(["none", "frame", "detect"]).openapi({
  description:
    "`detect`: the face is detected and aligned to ArcFace's 112 x 112 template, as in the paper. `frame`: cut out where the generator puts every face, without looking for it. `none`: the generator's whole picture.",
});
export type Align = z.infer<typeof Align>;

export const ExportFormat = z.enum(["webdataset", "folder", "recordio", "parquet", "verification"]);
export type ExportFormat = z.infer<typeof ExportFormat>;

const FORMATS =
  "`webdataset`: tar shards with key.jpg, key.cls and key.json. `folder`: tar shards of a folder for each identity. `recordio`: train.rec, train.idx and property, as InsightFace and AdaFace read them. `parquet`: Hugging Face's layout with a dataset card. `verification`: pairs.bin, ten folds of genuine and impostor pairs. A manifest is always written.";

const Cosine = z.number().min(-1).max(1);
const Angle = z.number().min(0).max(90);

/** What an image must be to be kept; each is optional. */
export const DatasetFilters = strictObject({
  minSimilarity: Cosine.optional().openapi({
    description: "Smallest cosine of an image's embedding with its identity's reference.",
  }),
  maxOtherSimilarity: Cosine.optional().openapi({
    description: "Largest cosine with any other identity's reference.",
  }),
  minDetectionScore: z.number().min(0).max(1).optional(),
  maxYaw: Angle.optional().openapi({ description: "Degrees either way, estimated." }),
  maxPitch: Angle.optional(),
  maxRoll: Angle.optional(),
}).openapi("DatasetFilters");
export type DatasetFilters = z.infer<typeof DatasetFilters>;

/** Images nearer than this to any vector of a set, such as the embeddings of real people, are drawn again. */
export const LeakageGate = strictObject({
  setId: SetId.openapi({
    description: "The set that nothing may resemble, of the packing's embedder.",
  }),
  maxSimilarity: Cosine.openapi({ description: "Largest cosine with any vector of it." }),
}).openapi("LeakageGate");
export type LeakageGate = z.infer<typeof LeakageGate>;

const IdentityRange = strictObject({ from: Index, to: Index })
  .refine(({ from, to }) => from < to, { path: ["to"], message: "to must be above from" })
  .openapi({ description: "Identities `from` to `to - 1`." });

/** How a dataset is made: with its packing, all that its images are a function of. */
const recipe = {
  imagesPerIdentity: z.int().min(1).max(100_000).default(64),
  beta: Beta.default(0.005),
  seed: Seed.default(0),
  generator: GeneratorName,
  ...DatasetConditions.shape,
  ...SamplingFields,
  align: Align.default("detect"),
  size: ImageSize.optional().openapi({
    description: "Side in pixels; 112 of aligned faces, the generator's own of whole pictures.",
  }),
  imageFormat: ImageFormat.default("jpeg"),
  filters: DatasetFilters.default({}),
  leakage: LeakageGate.optional(),
  maxAttempts: z.int().min(1).max(64).default(4).openapi({
    description:
      "Images drawn for a sample, each with fresh random numbers, before it is given up and listed as missing.",
  }),
  formats: z
    .array(ExportFormat)
    .max(ExportFormat.options.length)
    .default(["webdataset"])
    .refine((formats) => new Set(formats).size === formats.length, "a format is named twice")
    .openapi({ description: FORMATS }),
  imagesPerShard: z.int().min(1).max(100_000).default(10_000).openapi({
    description: "Samples of a shard of every export.",
  }),
};

export const CreateDatasetRequest = strictObject({
  name: ResourceName,
  packingId: PackingId,
  identities: z.union([z.literal("all"), IdentityRange]).default("all"),
  ...recipe,
  dryRun: z.boolean().default(false).openapi({
    description: "Make nothing: answer with what it would take.",
  }),
}).openapi("CreateDatasetRequest");
export type CreateDatasetRequest = z.infer<typeof CreateDatasetRequest>;

/** A recipe with every default filled in. */
export const DatasetSpec = z
  .object({ ...recipe, identities: z.object({ from: Index, to: Index }), size: ImageSize })
  .openapi("DatasetSpec");
export type DatasetSpec = z.infer<typeof DatasetSpec>;

const Seconds = z
  .object({
    generate: z.number(),
    embed: z.number().openapi({ description: "Detect, align, encode and embed." }),
    write: z.number(),
  })
  .openapi({ description: "Spent in each stage; stages run beside each other." });
export type DatasetSeconds = z.infer<typeof Seconds>;

export const Dataset = z
  .object({
    id: DatasetId,
    name: z.string(),
    status: ResourceStatus,
    packingId: PackingId,
    spec: DatasetSpec,
    generator: ModelReference,
    model: ModelReference.openapi({ description: "The embedder." }),
    promised: z.int().openapi({ description: "Images it was to have." }),
    made: z.int().openapi({ description: "Images it has." }),
    missing: z.int().openapi({
      description: "Samples given up; missing.jsonl lists each with its reasons.",
    }),
    attempts: z.int().openapi({ description: "Images drawn." }),
    bytes: z.int().openapi({ description: "Of all its images." }),
    seconds: Seconds,
    warnings: z.array(z.string()).openapi({ description: "What could not be as asked." }),
    jobId: MakingJobId,
    createdAt: z.iso.datetime(),
  })
  .openapi("Dataset");
export type Dataset = z.infer<typeof Dataset>;

/** What a dataset would take, from images of it made and measured on this installation, now. */
export const DatasetEstimate = z
  .object({
    identities: z.int(),
    images: z.int(),
    bytes: z.int().openapi({ description: "Of all images." }),
    storedBytes: z.int().openapi({ description: "Of everything that is stored, exports too." }),
    seconds: z.number(),
    imagesPerSecond: z.number(),
    measuredImages: z.int().openapi({ description: "Images made for the estimate, and not kept." }),
    missingShare: z.number().openapi({ description: "Share of those that was given up." }),
  })
  .openapi("DatasetEstimate");
export type DatasetEstimate = z.infer<typeof DatasetEstimate>;

/** A file of a dataset. */
export const DatasetFile = z
  .object({
    name: z.string().openapi({ example: "webdataset/train-00000.tar" }),
    bytes: z.int(),
    sha256: Sha256,
  })
  .openapi("DatasetFile");
export type DatasetFile = z.infer<typeof DatasetFile>;

export const VerifyDatasetRequest = strictObject({
  first: z.int().min(0).default(0).openapi({ description: "Row of the manifest." }),
  count: z.int().min(1).max(256).default(64),
  step: z.int().min(1).default(1).openapi({ description: "Every so many rows." }),
}).openapi("VerifyDatasetRequest");
export type VerifyDatasetRequest = z.infer<typeof VerifyDatasetRequest>;

/** Rows made again, and compared with the manifest. */
export const DatasetVerification = z
  .object({
    checked: z.int(),
    equal: z.int().openapi({ description: "Images that came out byte for byte." }),
    different: z.array(z.object({ key: z.string(), expected: Sha256, found: Sha256.nullable() })),
    next: z.int().nullable().openapi({ description: "`first` to go on with; null at the end." }),
  })
  .openapi("DatasetVerification");
export type DatasetVerification = z.infer<typeof DatasetVerification>;
