import type { CreateDatasetRequest, Dataset, DatasetEstimate } from "@hyperface/sdk";
import type { Command } from "commander";
import { addDatasetConditions, conditionsOf, type DatasetConditions } from "../conditions.ts";
import { downloadDataset } from "../download.ts";
import { again, follow, type Session, withSession } from "../session.ts";
import { decimal, oneOf, range, someOf, whole } from "../usage.ts";

const ALIGN = ["detect", "frame", "none"] as const;
const FORMATS = ["webdataset", "folder", "recordio", "parquet", "verification"] as const;
const IMAGE_FORMATS = ["jpeg", "png", "webp"] as const;
/** Smallest gallery that is made: fewer faces hold the identities of a small packing to few places. */
const SMALLEST_GALLERY = 128;
/** The paper's weight is 0.5; the small generator draws better what is near its gallery. */
const ALPHA = 1;

interface Options extends DatasetConditions {
  packing?: string;
  identities: number;
  only?: { from: number; to: number };
  images: number;
  gallery?: number;
  beta: number;
  alpha: number;
  seed: number;
  generator: string;
  align: (typeof ALIGN)[number];
  formats: (typeof FORMATS)[number][];
  imageFormat: (typeof IMAGE_FORMATS)[number];
  minSimilarity?: number;
  leakageSet?: string;
  maxLeakage: number;
  maxAttempts: number;
  shard: number;
  out?: string;
  dryRun?: boolean;
}

export function addDataset(program: Command): void {
  const command = program
    .command("dataset")
    .description(
      "a dataset, whole: gallery, packing, images, files. Run again, it goes on where it stood",
    )
    .option("--identities <n>", "how many, packed anew", whole(1), 1000)
    .option("--packing <id>", "a packing there is, in place of a new one")
    .option("--only <a-b>", "of its identities", range)
    .option("--images <n>", "of each identity", whole(1), 64)
    .option("--gallery <n>", "faces to pack near; as many as identities", whole(1))
    .option("--alpha <x>", "weight of the gallery", decimal, ALPHA)
    .option("--beta <x>", "noise of Eq. 3", decimal, 0.005)
    .option("--seed <n>", "seed of everything", whole(0), 0)
    .option("--generator <name>", "generator", "default");
  addDatasetConditions(command)
    .option("--align <how>", ALIGN.join(", "), oneOf(ALIGN), "detect")
    .option("--formats <names>", `some of ${FORMATS.join(",")}`, someOf(FORMATS), ["webdataset"])
    .option("--image-format <name>", IMAGE_FORMATS.join(", "), oneOf(IMAGE_FORMATS), "jpeg")
    .option("--min-similarity <x>", "to the reference, of every image", decimal)
    .option("--leakage-set <id>", "a set that no image may resemble, e.g. of real people")
    .option("--max-leakage <x>", "largest cosine with any vector of it", decimal, 0.4)
    .option("--max-attempts <n>", "images drawn for a sample before it is given up", whole(1), 4)
    .option("--shard <n>", "images of a shard", whole(1), 10_000)
    .option("--out <dir>", "download the files there")
    .option("--dry-run", "say what it would take; a packing is needed")
    .action((options: Options) => withSession(command, (session) => runDataset(session, options)));
}

async function runDataset(session: Session, options: Options): Promise<void> {
  const { datasets } = session.hyperface;
  const packingId = options.packing ?? (await packFromNothing(session, options));
  const request = requestOf(options, packingId);
  if (options.dryRun) {
    const estimate = await datasets.estimate(request);
    session.answer(estimate, describeEstimate(estimate));
    return;
  }
  const { id, jobId } = await datasets.create(request, again("dataset", request));
  await follow(session, jobId, "images", ({ images }) =>
    images && images.missing > 0 ? `${images.missing} missing` : "",
  );
  const dataset = await datasets.get(id);
  const files = options.out ? await downloadDataset(session, id, options.out) : [];
  session.answer({ dataset, files }, describeDataset(dataset, options.out));
}

/** Each step is once a recipe: a command that was cut off goes on with what it had begun. */
async function packFromNothing(session: Session, options: Options): Promise<string> {
  const { identities, alpha, seed, generator } = options;
  const { galleries, packings } = session.hyperface;
  const count = options.gallery ?? Math.max(SMALLEST_GALLERY, identities);
  const face = { source: "generator", count, seed, generator } as const;
  const gallery = await galleries.create(face, again("gallery", face));
  if (gallery.jobId) await follow(session, gallery.jobId, "gallery");
  const spec = { near: gallery.id, count: identities, alpha, seed };
  const packing = await packings.create(spec, again("packing", spec));
  await follow(session, packing.jobId, "packing");
  return packing.id;
}

function requestOf(options: Options, packingId: string): CreateDatasetRequest {
  const { minSimilarity, only, leakageSet, maxLeakage } = options;
  return {
    packingId,
    identities: only ?? "all",
    imagesPerIdentity: options.images,
    beta: options.beta,
    seed: options.seed,
    generator: options.generator,
    align: options.align,
    formats: options.formats,
    imageFormat: options.imageFormat,
    imagesPerShard: options.shard,
    maxAttempts: options.maxAttempts,
    ...(leakageSet ? { leakage: { setId: leakageSet, maxSimilarity: maxLeakage } } : {}),
    filters: minSimilarity === undefined ? {} : { minSimilarity },
    ...conditionsOf(options),
  };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const describeEstimate = (estimate: DatasetEstimate) => [
  `${estimate.images} images of ${estimate.identities} identities: ${megabytes(estimate.bytes)}, ${megabytes(estimate.storedBytes)} with exports`,
  `about ${Math.ceil(estimate.seconds)} s, at ${estimate.imagesPerSecond.toFixed(1)} images a second measured on ${estimate.measuredImages}`,
];

function describeDataset(dataset: Dataset, out: string | undefined): string[] {
  const { id, made, missing, promised, bytes, warnings } = dataset;
  return [
    `${id}  ${made} of ${promised} images, ${megabytes(bytes)}${out ? `, in ${out}` : ""}`,
    ...(missing > 0 ? [`${missing} samples are missing: missing.jsonl says why`] : []),
    ...warnings,
  ];
}
