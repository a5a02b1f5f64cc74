import { describeConditions } from "@hyperface/certificate";
import { ALIGNED_SIDE, type Dataset } from "@hyperface/contracts";
import {
  choosePairs,
  datasetCard,
  type EncodedPair,
  joinRecordParts,
  mostPairsPerFold,
  writeVerificationBin,
} from "@hyperface/exports";
import { setHead } from "@hyperface/vectors";
import { and, eq, like } from "drizzle-orm";
import { datasetFiles, datasets } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { disownObjects } from "../../jobs/objects.ts";
import type { Slice } from "../../jobs/slice.ts";
import { EMBEDDINGS_FILE, findReadySet } from "../sets/find.ts";
import type { DatasetSlice } from "./advance.ts";
import { RECORD_PARTS } from "./export.ts";
import { createFileWriter, HIDDEN } from "./files.ts";
import { samplesOf } from "./get.ts";
import type { MissingSample, Part } from "./part.ts";
import { listParts, type PartRow, readPart } from "./parts.ts";

/** As LFW has them: 300 of each kind in a fold. */
const PAIRS_PER_FOLD = 300;
/** Parts held while pairs are gathered. */
const HELD = 32;

type Writer = ReturnType<typeof createFileWriter>;

/** Writes what is one file of the whole dataset, when every shard is exported. */
export async function finishDataset(
  deps: Dependencies,
  { job, dataset, state }: DatasetSlice,
): Promise<Slice> {
  const { spec } = dataset;
  const writer = createFileWriter(deps, job);
  const parts = await listParts(deps, dataset.id);
  const index = await indexImages(deps, dataset, parts, writer);
  await writer.put(EMBEDDINGS_FILE, embeddingsOf(deps, dataset, parts));
  const warnings: string[] = [];
  for (const format of spec.formats) {
    if (format === "recordio") await joinRecords(deps, dataset, state.shards, writer);
    if (format === "parquet") await writer.put("parquet/README.md", textOf(cardOf(dataset)));
    if (format !== "verification") continue;
    const warning = await writePairs(deps, dataset, { parts, index }, writer);
    if (warning) warnings.push(warning);
  }
  await writer.put(
    "dataset.json",
    textOf(`${JSON.stringify(describe(dataset, warnings), null, 2)}\n`),
  );
  const { objectKey } = writer.files.at(-1) as (typeof writer.files)[number];
  return {
    done: true,
    state: { ...state },
    event: {},
    needs: [],
    objectKey,
    async record(transaction) {
      await writer.record(transaction);
      const joined = await transaction
        .delete(datasetFiles)
        .where(and(eq(datasetFiles.datasetId, dataset.id), like(datasetFiles.name, `${HIDDEN}%`)))
        .returning();
      await disownObjects(
        transaction,
        joined.map((file) => file.objectKey),
      );
      await transaction.update(datasets).set({ warnings }).where(eq(datasets.id, dataset.id));
    },
  };
}

/** Where every image is among the parts, by its identity's label and in order. */
interface ImageIndex {
  /** Images of each label. */
  counts: number[];
  /** Of image k among all: its part, and its place there. */
  part: number[];
  place: number[];
}

/** Writes the list of missing samples on its way: only parts that miss some are read. */
async function indexImages(
  deps: Dependencies,
  { spec }: Dataset,
  parts: PartRow[],
  writer: Writer,
): Promise<ImageIndex> {
  const { identities, imagesPerIdentity } = spec;
  const counts: number[] = new Array(identities.to - identities.from).fill(0);
  const index: ImageIndex = { counts, part: [], place: [] };
  const sampleOf = ({ identity, sample }: MissingSample) =>
    (identity - identities.from) * imagesPerIdentity + sample;
  async function* missing() {
    for (const [p, row] of parts.entries()) {
      const given = row.images < row.samples ? (await readPart(deps, row)).missing : [];
      yield* given.map(line);
      const gaps = new Set(given.map(sampleOf));
      let place = 0;
      for (let sample = row.start; sample < row.start + row.samples; sample++) {
        if (gaps.has(sample)) continue;
        const label = Math.floor(sample / imagesPerIdentity);
        counts[label] = (counts[label] as number) + 1;
        index.part.push(p);
        index.place.push(place++);
      }
    }
  }
  await writer.put("missing.jsonl", missing());
  return index;
}

const line = (sample: MissingSample) => Buffer.from(`${JSON.stringify(sample)}\n`);

async function* textOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** The embeddings of all images in the manifest's order, as a stored set. */
async function* embeddingsOf(
  deps: Dependencies,
  { made, model, packingId }: Dataset,
  parts: PartRow[],
) {
  const { dimension } = await findReadySet(deps, packingId, "packing");
  yield setHead({ count: made, dimension, model, maker: { packing: packingId } });
  for (const part of parts) {
    const { embeddings } = await readPart(deps, part);
    yield new Uint8Array(embeddings.buffer, embeddings.byteOffset, embeddings.byteLength);
  }
}

async function joinRecords(deps: Dependencies, dataset: Dataset, parts: number, writer: Writer) {
  const { spec } = dataset;
  const files = await deps.db
    .select()
    .from(datasetFiles)
    .where(
      and(eq(datasetFiles.datasetId, dataset.id), like(datasetFiles.name, `${RECORD_PARTS}/%`)),
    );
  const keys = new Map(files.map(({ name, objectKey }) => [name, objectKey]));
  const identities = spec.identities.to - spec.identities.from;
  await joinRecordParts(
    { parts, identities, height: spec.size, width: spec.size },
    (name) => deps.store.getStream(keys.get(`${RECORD_PARTS}/${name}`) as string),
    writer.into("recordio"),
  );
}

/** @returns why there is no such file, where too few identities have images enough */
async function writePairs(
  deps: Dependencies,
  { spec }: Dataset,
  { parts, index }: { parts: PartRow[]; index: ImageIndex },
  writer: Writer,
): Promise<string | undefined> {
  const plan = { samples: index.counts, seed: spec.seed };
  const pairsPerFold = Math.min(PAIRS_PER_FOLD, mostPairsPerFold(plan));
  if (pairsPerFold === 0) {
    return "there is no verification/pairs.bin: ten folds need two identities each, with two images and more";
  }
  const firsts: number[] = [];
  index.counts.reduce((sum, count, label) => {
    firsts[label] = sum;
    return sum + count;
  }, 0);
  const held = new Map<number, Part>();
  const fileOf = async ({ identity, sample }: { identity: number; sample: number }) => {
    const image = (firsts[identity] as number) + sample;
    const p = index.part[image] as number;
    const part = held.get(p) ?? (await readPart(deps, parts[p] as PartRow));
    held.delete(p);
    held.set(p, part);
    if (held.size > HELD) held.delete(held.keys().next().value as number);
    return part.images[index.place[image] as number] as Uint8Array;
  };
  async function* pairs(): AsyncGenerator<EncodedPair> {
    for (const { a, b, same } of choosePairs({ ...plan, pairsPerFold })) {
      yield { a: await fileOf(a), b: await fileOf(b), same };
    }
  }
  await writeVerificationBin(pairs(), writer.into("verification"), "pairs");
  return undefined;
}

/** What the dataset is, the same for the same recipe whatever its id. */
function describe({ packingId, model, generator, spec, ...dataset }: Dataset, warnings: string[]) {
  const { made, missing, attempts, bytes } = dataset;
  const counts = { promised: samplesOf(spec), made, missing, attempts, bytes };
  return { packingId, model, generator, ...counts, warnings, spec };
}

const ALIGNED = {
  none: "Each is the generator's whole picture.",
  frame: "Each face is cut out where the generator puts it.",
  detect: `Each face was detected and aligned to ArcFace's ${ALIGNED_SIDE} x ${ALIGNED_SIDE} template.`,
};

const cardOf = ({ packingId, generator, model, spec, made, bytes }: Dataset) =>
  datasetCard({
    title: "HyperFace: faces of nobody",
    description: [
      `Synthetic faces of identities that do not exist, made by HyperFace (arXiv 2411.08470) with generator ${generator.name} (${generator.sha256}) from packing ${packingId}, whose references are embeddings of ${model.name} (${model.sha256}); beta ${spec.beta}, seed ${spec.seed}.`,
      describeConditions(spec),
      ALIGNED[spec.align],
      "Each file says in its EXIF what it was made from.",
    ].join(" "),
    license: "mit",
    images: made,
    identities: spec.identities.to - spec.identities.from,
    bytes,
  });
